import { markdownTable } from "./markdown-table.mjs"

/** @typedef {import("../../packages/holdfast/src/catalogue/permissions.ts").PermissionFacts} PermissionFacts */
/** @typedef {import("../../packages/holdfast/src/catalogue/permissions.ts").PermissionNeed} PermissionNeed */
/** @typedef {import("../../packages/holdfast/src/catalogue/acl-rules.ts").AclServer} AclServer */
/** @typedef {typeof import("../../packages/holdfast/src/catalogue/acl-rules.ts").aclRules} AclRules */

/** Servers whose rules differ, the oldest of each row. @type {ReadonlyArray<readonly [string, AclServer]>} */
const servers = [
  ["Redis 6.2", { engine: "redis", version: 6.2 }],
  ["Redis 7.0 to 8.2", { engine: "redis", version: 7 }],
  ["Redis 8.4 and newer", { engine: "redis", version: 8.4 }],
  ["Valkey 7.2 to 8.1", { engine: "valkey", version: 7.2 }],
  ["Valkey 9.0 and newer", { engine: "valkey", version: 9 }],
]

/** What is needed beyond `always`, in words. @type {Readonly<Record<Exclude<PermissionNeed, "always">, string>>} */
const features = {
  index: "caches with [`index`](../guide/tags.md#listing-and-freeing-entries)",
  events: "[domain events](../guide/events.md)",
  patterns:
    "[patterns](../guide/patterns.md), and [losses](../guide/when-redis-is-away.md#when-it-has-lost-something) of more than is remembered",
  tracking: "[tracking](../guide/near-cache.md#what-others-write)",
  cluster: "a [cluster](../guide/topologies.md#cluster)",
  "moving slots": "[patterns](../guide/patterns.md) while slots move (optional)",
  database: "a client that names a database",
  "newer commands": "[newer commands](../guide/connections.md#server-features), which are optional",
}

/**
 * The parts of the reference page on access lists.
 *
 * @param {Readonly<Record<string, PermissionFacts>>} permissions
 * @param {AclRules} aclRules
 * @returns {string[]}
 */
export function permissionsParts(permissions, aclRules) {
  /** @param {PermissionNeed[]} needs @param {AclServer} server */
  const rules = (needs, server) => aclRules({ namespace: "shop", needs, server })
  /** @param {PermissionNeed} need @param {AclServer} server */
  const added = (need, server) => rules([need], server).filter((rule) => !rules([], server).includes(rule))
  /** @param {string[]} words */
  const code = (words) => (words.length === 0 ? "none" : `\`${words.join(" ")}\``)
  const oldest = /** @type {AclServer} */ (servers[0]?.[1])
  return [
    "## What everybody needs",
    "The same on all servers, for near caches, tags, `clear`, strict caches, and Sentinel too. Put the namespace of your Holdfast for `shop`, and a password of your own:",
    `\`\`\`text\nACL SETUSER shop on >secret ${rules([], oldest).join(" ")}\n\`\`\``,
    "## What else, by feature and server",
    markdownTable(
      ["for", ...servers.map(([name]) => name)],
      Object.entries(features).map(([need, words]) => [
        words,
        ...servers.map(([, server]) => code(added(/** @type {PermissionNeed} */ (need), server))),
      ]),
    ),
    "A [domain event](../guide/events.md) of another namespace lives there: to publish or to read it, its keys and its channel are needed as well, such as `~catalog:{event#* &catalog:{event#*`.",
    'A [channel of another program](../guide/events.md#messages-of-other-programs), that `holdfast.channel` listens to, is needed by its name: `&legacy.product` for `holdfast.channel("legacy.product")`.',
    "## What each right is for",
    markdownTable(
      ["right", "needed", "what for"],
      Object.entries(permissions).map(([rule, { need, means }]) => [`\`${rule}\``, need, means]),
    ),
    "## Sentinels",
    "The user that the sentinels know, where they have access lists of their own:",
    "```text\nACL SETUSER shop on >secret resetchannels &+switch-master -@all +sentinel|get-master-addr-by-name +sentinel|master +subscribe +info\n```",
    "`+sentinel|master` tells which of them knows of the latest fail-over; without it the first answer counts.",
    "node-redis looks at them once by itself before Holdfast does, and needs `allchannels +sentinel|sentinels +sentinel|replicas +psubscribe` as well.",
  ]
}
