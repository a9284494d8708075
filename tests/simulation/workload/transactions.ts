import { hasCode, type Unit, type UnitDelivery } from "holdfast"
import type { Mix } from "../faults/mix.ts"
import type { Floors } from "../oracles/floors.ts"
import { Dice } from "../world/dice.ts"
import type { KeySpace } from "./key-space.ts"
import type { Peer } from "./peer.ts"
import type { OperationKind, OperationPlan } from "./plan.ts"
import { SourceFailure, type Source } from "./source.ts"

interface TransactionParts {
  readonly keys: KeySpace
  readonly source: Source
  readonly floors: Floors
}

/** A transaction under way: what has been committed of each key, 0 for nothing. */
interface Transaction {
  readonly parts: TransactionParts
  readonly peer: Peer
  readonly plan: OperationPlan
  readonly committed: Map<number, number>
  readonly era: number
}

/** Share of the transactions that change two keys, and of these, those that change the second one in a unit of its own. */
const twoShare = 0.5
const nestedShare = 0.5

const becoming: ReadonlySet<OperationKind> = new Set(["write", "write-nothing", "invalidate", "expire"])
/** Share of these that become transactions. */
const transactionShare = 0.6

/** Some changes are made in transactions, in some histories. Dice of its own, so that the rest of a history is the same with and without. */
export function planTransactions(
  seed: number,
  { isHerd, units = 0 }: Mix,
  clients: readonly (readonly OperationPlan[])[],
): readonly (readonly OperationPlan[])[] {
  const dice = new Dice(seed ^ 0x27d4eb2f)
  if (isHerd === true || !dice.chance(units)) return clients
  return clients.map((operations) =>
    operations.map((operation) =>
      becoming.has(operation.kind) && dice.chance(transactionShare) ? { ...operation, kind: "transaction" } : operation,
    ),
  )
}

/**
 * Names a key or two to a unit, changes them, and publishes an event. What the process itself knows to be changed it must not read as it
 * was from when the event is out; what was committed holds as after `invalidate`, also if the work has thrown.
 */
export async function transaction(parts: TransactionParts, peer: Peer, plan: OperationPlan): Promise<string> {
  const one: Transaction = { parts, peer, plan, committed: new Map(), era: parts.floors.era }
  let delivery: UnitDelivery = { delivered: false, errors: [] }
  let outcome = "committed"
  try {
    await peer.afterCommit((unit) => work(one, unit), { onDelivery: (told) => void (delivery = told) })
  } catch (error) {
    if (hasCode(error, "WINDOW_NOT_OPENED")) return "a window was not opened"
    if (!(error instanceof SourceFailure)) throw error
    outcome = "the transaction failed"
  }
  // The source ends its commit in time, whatever it does after that.
  for (const error of delivery.errors) if (!hasCode(error, "WINDOW_LOST")) throw error
  acknowledge(one, delivery.delivered)
  return `versions ${[...one.committed.values()].join(", ")}, ${outcome}, delivered: ${delivery.delivered}`
}

async function work(one: Transaction, unit: Unit): Promise<void> {
  const { keys } = one.parts
  const { key, roll } = one.plan
  const second = (key + 1) % keys.names.length
  unit.publish({ publish: async () => acknowledge(one, false) }, undefined)
  await change(one, unit, key)
  if (roll > twoShare) return
  if (roll > twoShare * nestedShare) return change(one, unit, second)
  // As with a savepoint: what is inside may fail alone.
  await one.peer
    .afterCommit((inner) => change(one, inner, second))
    .catch((error: unknown) => {
      if (!(error instanceof SourceFailure)) throw error
    })
}

async function change({ parts, peer, plan, committed }: Transaction, unit: Unit, key: number): Promise<void> {
  unit.invalidate(peer.cache, parts.keys.names[key] as string)
  const { deadline } = await unit.opened()
  await parts.source.change(peer.process, key, plan.roll, {
    committed: (version) => void committed.set(key, version),
    timeoutMs: deadline.remainingMs,
  })
}

function acknowledge({ parts, peer, committed, era }: Transaction, delivered: boolean): void {
  for (const [key, version] of committed) parts.floors.acknowledge(peer.process.id, key, version, delivered, era)
}
