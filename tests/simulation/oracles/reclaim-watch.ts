import type { KeySpace } from "../workload/key-space.ts"
import type { ModelReply } from "../model/model-reply.ts"
import { tagKeyOf } from "../workload/categories.ts"
import type { Servers } from "../world/servers.ts"
import type { SimServer } from "../world/sim-server.ts"
import { isAliveBy, readStamp, type EntryStamp } from "./entry-stamp.ts"
import type { LeaseWatch } from "./lease-watch.ts"
import type { Violations } from "./violations.ts"
import type { WindowWatch } from "./window-watch.ts"

interface Parts {
  readonly servers: () => Servers
  readonly keys: KeySpace
  readonly leases: LeaseWatch
  readonly windows: WindowWatch
  readonly violations: Violations
}

/** Where the entry stands that a script stores, counted from the command's name. */
const entryAt: Readonly<Record<string, number>> = { FILL: 6, CLOSE: 6, PUT: 5 }

/** Watches what the freeing of dead entries does: it removes no other, and takes nobody's right to store away. */
export class ReclaimWatch {
  readonly #parts: Parts
  /** What was stored last, by key. */
  readonly #stamps: (EntryStamp | undefined)[]

  constructor(parts: Parts) {
    this.#parts = parts
    this.#stamps = parts.keys.names.map(() => undefined)
  }

  executed(server: SimServer, name: string, args: readonly string[], reply: ModelReply): void {
    const key = this.#parts.keys.indexOf(args[3])
    const word = typeof reply === "string" ? reply : ""
    if (key === undefined) return
    const entry = args[entryAt[name] ?? -1]
    if (entry !== undefined && word === "stored") this.#stamps[key] = readStamp(entry)
    if (name !== "RECLAIM") return
    this.#judgeRights(server, key, args[4] as string)
    if (word.startsWith("freed")) this.#judgeFreed(key, args[5] as string)
  }

  /** Nobody can tell any more what is stored. */
  stateLost(): void {
    this.#stamps.fill(undefined)
  }

  #judgeFreed(key: number, tag: string): void {
    const { keys, servers, violations } = this.#parts
    const stamp = this.#stamps[key]
    this.#stamps[key] = undefined
    if (stamp === undefined) return
    const record = servers()
      .primaries.map(({ model }) => model.find(tagKeyOf(tag))?.value)
      .find((value) => value !== undefined)
    if (!stamp.tags.includes(tag) || isAliveBy(record, stamp))
      violations.add("reclaimed-alive", `RECLAIM removed ${keys.names[key]}, which ${tag} has not killed`)
  }

  #judgeRights(server: SimServer, key: number, control: string): void {
    const { keys, leases, windows, violations } = this.#parts
    const found = server.model.find(control)?.value
    const record = typeof found === "string" ? found : ""
    const token = leases.holderOf(server, key)
    if (token !== undefined && !record.includes(`lease ${token} `))
      violations.add("right-taken", `RECLAIM of ${keys.names[key]} took a lease away`)
    for (const id of windows.aloneOf(server, key)) {
      if (!new RegExp(`^window ${id} \\d+ 0$`, "m").test(record))
        violations.add("right-taken", `RECLAIM of ${keys.names[key]} bars a writer that is alone`)
    }
  }
}
