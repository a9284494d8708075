import { ownerSeenBy, owns, viewOf, type NodeView } from "./cluster-node.ts"
import type { RedisProcess } from "./redis-process.ts"
import { until } from "./until.ts"

const MIGRATE_MS = "5000"
const BATCH = "100"
const SEEN_MS = 15_000

/** A slot between two servers: the old owner sends on with ASK what it no longer has. */
export interface SlotMove {
  readonly slot: number
  readonly from: RedisProcess
  readonly to: RedisProcess
  /** Moves these keys, by default all that the old owner has in the slot. Keys that are gone are passed over. */
  migrateKeys(keys?: readonly string[]): Promise<void>
  /** Moves what is left and makes `to` the owner, which all servers know when this resolves. */
  finish(): Promise<void>
  /** Moves everything back: the slot stays where it was. */
  abort(): Promise<void>
}

/** Opens the move of a slot: IMPORTING on the new owner, then MIGRATING on the old one. */
export async function beginMove(
  slot: number,
  { from, to, nodes }: { readonly from: NodeView; readonly to: NodeView; readonly nodes: readonly RedisProcess[] },
): Promise<SlotMove> {
  if (from.server === to.server) throw new Error(`Slot ${slot} cannot be moved to the server that has it.`)
  await setSlot(to.server, slot, "IMPORTING", from.id)
  await setSlot(from.server, slot, "MIGRATING", to.id)
  const migrateKeys = (keys?: readonly string[]): Promise<void> =>
    keys === undefined ? migrateAll(slot, from.server, to.server) : migrate(from.server, to.server, keys)
  return {
    slot,
    from: from.server,
    to: to.server,
    migrateKeys,
    async finish() {
      await migrateKeys()
      const others = nodes.filter((node) => node !== from.server && node !== to.server)
      // The new owner first: from then on nobody can lose the slot.
      for (const node of [to.server, from.server]) await setSlot(node, slot, "NODE", to.id)
      await Promise.all(others.map((node) => tell(node, slot, to.id)))
      await allSee(slot, to, nodes)
    },
    async abort() {
      // In this order, since a server in the state MIGRATING takes nothing back.
      await setSlot(from.server, slot, "STABLE")
      await migrateAll(slot, to.server, from.server)
      await setSlot(to.server, slot, "STABLE")
    },
  }
}

async function setSlot(node: RedisProcess, slot: number, ...state: readonly string[]): Promise<void> {
  await node.command("CLUSTER", "SETSLOT", String(slot), ...state)
}

/** A replica refuses to be told, and a server that is down cannot be: they hear it over the bus. */
async function tell(node: RedisProcess, slot: number, owner: string): Promise<void> {
  await setSlot(node, slot, "NODE", owner).catch(() => {})
}

async function migrateAll(slot: number, from: RedisProcess, to: RedisProcess): Promise<void> {
  for (;;) {
    const keys = await from.commandBytes("CLUSTER", "GETKEYSINSLOT", String(slot), BATCH)
    if (!Array.isArray(keys) || keys.length === 0) return
    await migrate(from, to, keys as Buffer[])
  }
}

async function migrate(from: RedisProcess, to: RedisProcess, keys: readonly (string | Buffer)[]): Promise<void> {
  const auth = to.password === undefined ? [] : ["AUTH", to.password]
  await from.command("MIGRATE", to.host, String(to.port), "", "0", MIGRATE_MS, "REPLACE", ...auth, "KEYS", ...keys)
}

/**
 * Waits until every server that answers would send a client to the new owner, and knows its epoch: who does not may yet believe an
 * older message of the former owner, and the next new owner would take an epoch that is not the highest.
 */
async function allSee(slot: number, owner: NodeView, nodes: readonly RedisProcess[]): Promise<void> {
  const seen = async (): Promise<boolean> => {
    const view = await viewOf(owner.server)
    if (view === undefined || !owns(view, slot)) return false
    const others = await Promise.all(nodes.map((node) => ownerSeenBy(node, slot)))
    return others.every(
      (seen) => seen === undefined || (seen !== "nobody" && seen.id === owner.id && seen.epoch === view.epoch),
    )
  }
  if (!(await until(seen, { timeoutMs: SEEN_MS, everyMs: 20 })))
    throw new Error(`Not every server knew the new owner of slot ${slot} within ${SEEN_MS} ms.`)
}
