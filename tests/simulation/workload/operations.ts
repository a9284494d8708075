import { hasCode, HoldfastError } from "holdfast"
import type { RuleCounts } from "../tally/rules.ts"
import type { SourceFaults } from "../faults/source-faults.ts"
import type { EntriesWatch } from "../oracles/entries-watch.ts"
import type { Floors } from "../oracles/floors.ts"
import type { ReadJudge } from "../oracles/read-judge.ts"
import type { World } from "../world/world.ts"
import { clear, invalidateGroup, invalidateTags } from "./bulk-changes.ts"
import type { KeyLocks } from "./key-locks.ts"
import type { KeySpace } from "./key-space.ts"
import type { Outsider } from "./outsider.ts"
import { invalidatePattern, scan } from "./pattern-sweeps.ts"
import { largeBytes, type Peer } from "./peer.ts"
import type { OperationKind, OperationPlan, Policy } from "./plan.ts"
import { readBatch } from "./read-batch.ts"
import { listTag, reclaimTag } from "./tag-index.ts"
import { SourceFailure, type Row, type Source } from "./source.ts"
import { transaction } from "./transactions.ts"

/** What operations work with. */
export interface OperationParts {
  readonly world: World
  readonly policy: Policy
  readonly keys: KeySpace
  readonly source: Source
  readonly faults: SourceFaults
  readonly floors: Floors
  readonly judge: ReadJudge
  readonly entries: EntriesWatch
  readonly rules: RuleCounts
  readonly outsider: Outsider
  readonly locks: KeyLocks
}

/** Share of the calls for many that are one call for all keys. */
const batchShare = 0.6
/** Of the others, from here on they are a call for each key, where loads of single reads are gathered. */
const turnFrom = 0.8
/** Share of the puts that are too large to be stored, where some are. */
const largeShare = 0.6

const tooLarge = "x".repeat(largeBytes)

type Operation = (parts: OperationParts, peer: Peer, plan: OperationPlan) => Promise<string>

/** Runs one operation; resolves with what to tell of it, and rejects with what the library rejected with and should not have. */
export function runOperation(parts: OperationParts, peer: Peer, plan: OperationPlan): Promise<string> {
  return operations[plan.kind](parts, peer, plan)
}

const get: Operation = async ({ judge, keys }, { process, cache }, { id, key }) => {
  const asked = judge.ask(id, process.id, key)
  const row = await cache.get(keys.names[key] as string)
  judge.answered(asked, row)
  return told(row)
}

/** Either all keys by one call, or one key by several that come close together. */
const getMany: Operation = async (parts, peer, plan) => {
  if (plan.roll < batchShare) return getBatch(parts, peer, plan)
  if (parts.policy.batch && plan.roll >= turnFrom) return getTurn(parts, peer, plan)
  const later = new Promise<void>((resolve) => parts.world.at(plan.roll * 8, peer.process, resolve))
  const settled = await Promise.allSettled([
    get(parts, peer, plan),
    get(parts, peer, plan),
    later.then(() => get(parts, peer, plan)),
  ])
  return toldAll(settled)
}

/** All keys by a call for each, in one turn. */
const getTurn: Operation = async (parts, peer, plan) =>
  toldAll(await Promise.allSettled(parts.keys.names.map((_, key) => get(parts, peer, { ...plan, key }))))

function toldAll(settled: readonly PromiseSettledResult<string>[]): string {
  for (const each of settled) if (each.status === "rejected") tolerate(each.reason)
  return settled.map((each) => (each.status === "fulfilled" ? each.value : "failed")).join(", ")
}

const getBatch: Operation = async (parts, peer, { id }) => {
  const { rows, failures } = await readBatch(parts, peer, id)
  failures.forEach(tolerate)
  return `${rows.map(told).join(", ")} and ${failures.length} failures`
}

const getImpatient: Operation = async ({ judge, keys, rules }, { process, cache }, { id, key, roll }) => {
  const asked = judge.ask(id, process.id, key)
  try {
    const row = await cache.get(keys.names[key] as string, { timeout: `${1 + Math.round(roll * 40)}ms` })
    judge.answered(asked, row)
    return told(row)
  } catch (error) {
    if (!(error instanceof HoldfastError && error.code === "CALL_TIMEOUT")) throw error
    rules.saw("caller left")
    return "left"
  }
}

const peek: Operation = async ({ judge, keys }, { process, cache }, { id, key }) => {
  const asked = judge.ask(id, process.id, key)
  const row = await cache.peek(keys.names[key] as string)
  if (row !== undefined) judge.answered(asked, row)
  return told(row)
}

const refresh: Operation = async ({ judge, keys }, { process, cache }, { id, key }) => {
  const asked = judge.ask(id, process.id, key)
  const row = await cache.refresh(keys.names[key] as string)
  judge.answered(asked, row, true)
  return told(row)
}

/** Somebody changes the row and removes its entry beside the library: nothing is promised of loads under way. */
const removeByHand: Operation = async ({ keys, outsider }, _, { key }) =>
  outsider.remove(keys.valueKeyOf(key)) ? "an entry was there" : "nothing was there"

const lookup: Operation = async ({ judge, keys, source, faults }, { process, cache }, { id, key, roll }) => {
  const asked = judge.ask(id, process.id, key)
  const found = await cache.lookup(keys.names[key] as string)
  if (found.hit) {
    judge.answered(asked, found.value)
    return told(found.value)
  }
  let row: Row | undefined
  try {
    row = await source.read(process, key)
  } catch {
    await found.release()
    return "a miss, and the source failed"
  }
  if (roll < 0.75) return `a miss, filled with ${told(row)}: ${(await found.fill(row)) ? "stored" : "not stored"}`
  if (faults.take(process.id, "forgotten-lookup") !== undefined) return "a miss, neither filled nor given back"
  if (roll < 0.9) await found.release()
  else await found[Symbol.asyncDispose]()
  return "a miss, given back"
}

/** A write may fail, and then may have been committed: this process must not see what was before in any case. */
const write: Operation = async ({ floors, keys, source }, { process, cache }, { key, roll, kind }) => {
  const { era } = floors
  let committed = 0
  try {
    const { delivered, stored } = await cache.write(keys.names[key] as string, async ({ deadline }) => {
      const committing = { committed: (version: number) => void (committed = version), timeoutMs: deadline.remainingMs }
      await source.change(process, key, roll, committing)
      return kind === "write" ? source.row(key, committed) : undefined
    })
    floors.acknowledge(process.id, key, committed, delivered, era)
    return `version ${committed}, ${stored ? "stored" : "invalidated"}, delivered: ${delivered}`
  } catch (error) {
    if (hasCode(error, "WINDOW_NOT_OPENED")) return "the window was not opened"
    if (!(error instanceof SourceFailure)) throw error
    if (committed > 0) floors.acknowledge(process.id, key, committed, false, era)
    return "the writer failed"
  }
}

const invalidate: Operation = async ({ floors, keys, policy, source }, { process, cache }, { key, roll, kind }) => {
  await source.change(process, key, roll).catch(() => undefined)
  const { era } = floors
  const version = source.newest(key)
  const knowsVersion = policy.kind === "lagging" || (policy.kind.endsWith("versioned") && roll > 0.5)
  const isExpiry = kind === "expire" && policy.graceMs > 0
  const { delivered } = await cache.invalidate(keys.names[key] as string, {
    ...(knowsVersion && { version }),
    ...(kind === "expire" && { expire: true }),
  })
  if (!isExpiry) floors.acknowledge(process.id, key, version, delivered, era)
  else if (delivered) floors.acknowledgeExpiry(key, version, policy.graceMs, era)
  return `version ${version}, delivered: ${delivered}`
}

/** Without versions, whoever puts must be alone with its key. */
const put: Operation = async (parts, peer, plan) => {
  const { floors, keys, policy, source } = parts
  const { process, cache } = peer
  const { key, roll } = plan
  const { era } = floors
  const version = await source.change(process, key, roll).catch(() => 0)
  const row = source.row(key, version)
  if (row === undefined) return `${await invalidate(parts, peer, plan)} instead of a put`
  const isLarge = policy.large && policy.kind !== "manual" && roll > 1 - largeShare
  const { delivered, stored } = await cache.put(keys.names[key] as string, isLarge ? { ...row, p: tooLarge } : row)
  // A put that finds a newer version expired leaves the expired value, to be served for its grace: no guarantee speaks of puts.
  if (stored || !delivered || policy.graceMs === 0) floors.acknowledge(process.id, key, version, delivered, era)
  else floors.acknowledgeExpiry(key, version, policy.graceMs, era)
  return `version ${version}, ${isLarge ? "too large, " : ""}${stored ? "stored" : "not stored"}, delivered: ${delivered}`
}

const operations: Readonly<Record<OperationKind, Operation>> = {
  get,
  "get-many": getMany,
  "get-impatient": getImpatient,
  peek,
  lookup,
  refresh,
  write: locked(write),
  "write-nothing": locked(write),
  invalidate: locked(invalidate),
  expire: locked(invalidate),
  put: locked(put),
  "invalidate-tags": lockedAll(invalidateTags),
  "invalidate-group": lockedAll(invalidateGroup),
  clear: lockedAll(clear),
  transaction: lockedAll(transaction),
  "invalidate-pattern": lockedAll(invalidatePattern),
  scan,
  "remove-by-hand": removeByHand,
  "list-tag": listTag,
  "reclaim-tag": reclaimTag,
}

/** Keeps changes away from a put without a version, and looks instead where they must keep away. */
function locked(change: Operation): Operation {
  return async (parts, peer, plan) => {
    const isAlone = plan.kind === "put" && parts.policy.kind === "manual"
    if (!parts.locks.enter(plan.key, isAlone)) return `${await peek(parts, peer, plan)}; the key was locked`
    try {
      return await change(parts, peer, plan)
    } finally {
      parts.locks.leave(plan.key)
    }
  }
}

/** Keeps changes of many keys away from a put without a version. */
function lockedAll(change: Operation): Operation {
  return async (parts, peer, plan) => {
    const { keys, locks } = parts
    const entered = [...keys.names.keys()].filter((key) => locks.enter(key, false))
    try {
      if (entered.length === keys.names.length) return await change(parts, peer, plan)
      return `${await peek(parts, peer, plan)}; a key was locked`
    } finally {
      for (const key of entered) locks.leave(key)
    }
  }
}

/** Throws what no caller should ever see. */
export function tolerate(error: unknown): void {
  const isExpected =
    error instanceof SourceFailure ||
    (error instanceof HoldfastError && (error.code === "LOAD_FAILED_ELSEWHERE" || error.code === "LOAD_TIMEOUT"))
  if (!isExpected) throw error
}

function told(row: Row | undefined): string {
  return row === undefined ? "nothing" : `version ${row.v}${row.k === "" ? "" : ` of ${row.k}`}`
}
