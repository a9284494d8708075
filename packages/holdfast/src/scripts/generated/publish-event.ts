// Generated from scripts/publish-event.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { eventHeadLua } from "./includes/event-head.ts"

/** appends one event to its stream, counts it, and wakes the readers. */
export const publishEvent: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "publish-event",
  sha1: "eb02637dafffed1a92014352a66ce80d28820854",
  lua:
    nowLua +
    eventHeadLua +
    String.raw`local head = event_head(KEYS[1], KEYS[2], ARGV[3], ARGV[4])
head.count = head.count + 1
local fields = { "v", "1", "id", ARGV[1], "era", head.era, "n", string.format("%.0f", head.count), "data", ARGV[2] }
head.id = redis.call("XADD", KEYS[1], "MAXLEN", "~", ARGV[5], "*", unpack(fields))
keep_event_head(KEYS[2], head, ARGV[3], ARGV[6])
redis.call("XTRIM", KEYS[1], "MINID", "~", string.format("%.0f", math.max(0, server_now() - tonumber(ARGV[6]))))
redis.call("PEXPIRE", KEYS[1], ARGV[6])
redis.call("PUBLISH", ARGV[7], "new")
return event_place(head)`,
}

/** Keys and arguments of publish-event.lua by name. */
export interface PublishEventCall {
  /** KEYS: of the event */
  readonly stream: string
  /** KEYS: what was published last */
  readonly head: string
  /** of the message, in hex */
  readonly id: string | Uint8Array
  /** encoded payload */
  readonly data: string | Uint8Array
  /** run id of this server */
  readonly run: string | Uint8Array
  /** 32 random hex characters, for an era that begins here */
  readonly era: string | Uint8Array
  /** how many events are kept, about */
  readonly limit: string | Uint8Array
  /** how long they are kept, in ms */
  readonly keep: string | Uint8Array
  /** on which readers are woken */
  readonly channel: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function publishEventCall(call: PublishEventCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.stream, call.head], [call.id, call.data, call.run, call.era, call.limit, call.keep, call.channel]]
}
