/** What a right is needed for: `always`, or a feature that somebody has turned on. */
export type PermissionNeed =
  | "always"
  | "index"
  | "events"
  | "patterns"
  | "tracking"
  | "cluster"
  | "moving slots"
  | "database"
  | "newer commands"

export interface PermissionFacts {
  readonly need: PermissionNeed
  /** What is done with it. */
  readonly means: string
  /** The first servers that know it; the others refuse a rule that names it. Default: all that are supported. */
  readonly since?: { readonly redis: number | undefined; readonly valkey: number | undefined }
  /** What to give before Redis 7, where rules for a part of a command are not to be had. Default: the same. */
  readonly before7?: string
}

/** Every right that Holdfast uses, as ACL SETUSER takes it. The reference page, the rules made of it and the tests read this table. */
export const permissions: Readonly<Record<string, PermissionFacts>> = {
  "+get": { need: "always", means: "to read entries, leases, tags and their clock" },
  "+mget": { need: "always", means: "to read many entries at once" },
  "+set": { need: "always", means: "within scripts: to store entries, leases, windows, tombstones and tags" },
  "+del": { need: "always", means: "within scripts: to drop entries" },
  "+getrange": {
    need: "always",
    means: "within scripts: to read the head of an entry and leave its value where it is",
  },
  "+setrange": { need: "always", means: "within scripts: to mark an entry as stale; it is dropped otherwise" },
  "+strlen": { need: "always", means: "within scripts: to mark an entry as stale; it is dropped otherwise" },
  "+pttl": { need: "always", means: "within scripts, and for `explain`" },
  "+pexpire": { need: "always", means: "within scripts: to lengthen lives" },
  "+persist": { need: "always", means: "within scripts: the tag clock must not expire" },
  "+eval": { need: "always", means: "to send a script that the server does not know yet" },
  "+evalsha": { need: "always", means: "to run the scripts" },
  "+publish": { need: "always", means: "within scripts: to wake waiters, and to tell near caches" },
  "+subscribe": { need: "always", means: "to be woken, and to hear of changes" },
  "+info": { need: "always", means: "to know the server, its run and its role" },
  "+time": { need: "always", means: "to know the server's time" },
  "+ping": { need: "always", means: "to see whether a connection still answers, also for `health`" },
  "+pexpireat": { need: "index", means: "within scripts: the list ends with the last of its entries" },
  "+zadd": { need: "index", means: "within scripts: to list an entry under its tags" },
  "+zscore": { need: "index", means: "within scripts: to see whether it is listed" },
  "+zrange": { need: "index", means: "within scripts: to read the list" },
  "+zrem": { need: "index", means: "within scripts: to take it off the list" },
  "+xadd": { need: "events", means: "within scripts: to publish" },
  "+xtrim": { need: "events", means: "within scripts: to let go of what is too old" },
  "+xrange": { need: "events", means: "within scripts: to read" },
  "+xrevrange": { need: "events", means: "within scripts: to see which event is the last" },
  "+scan": {
    need: "patterns",
    means:
      "for patterns, and after losses and gaps to find caches of others: tells the names of all keys on the server; values stay closed",
  },
  "+client|id": { need: "tracking", means: "to name the connection that is to be told", before7: "+client" },
  "+client|tracking": { need: "tracking", means: "to be told of what others change", before7: "+client" },
  "&__redis__:invalidate": { need: "tracking", means: "the channel on which the server tells" },
  "+cluster|slots": { need: "cluster", means: "to learn who owns which slot", before7: "+cluster" },
  "+cluster|nodes": {
    need: "cluster",
    means: "for near caches, patterns and losses: to notice slots that move",
    before7: "+cluster",
  },
  "+asking": { need: "cluster", means: "to follow a slot that is on its way" },
  "+cluster|getkeysinslot": {
    need: "moving slots",
    means: "to list slots that have moved under a sweep",
    before7: "+cluster",
  },
  "+select": { need: "database", means: "sent by your client, if it names a database" },
  "+command|info": { need: "newer commands", means: "to ask which of them there are", before7: "+command" },
  "+command|docs": { need: "newer commands", means: "to ask which options there are", before7: "+command" },
  "+delex": { need: "newer commands", means: "to give a lease back", since: { redis: 8.4, valkey: undefined } },
  "+delifeq": { need: "newer commands", means: "to give a lease back", since: { redis: undefined, valkey: 9 } },
}
