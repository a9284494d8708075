import { faultClasses, isLater, losesState, type FaultClass, type FaultPlan } from "../faults/fault-classes.ts"
import type { Mix } from "../faults/mix.ts"
import type { NewerCommand } from "../model/commands/newer.ts"
import { Dice } from "../world/dice.ts"
import { planFreshness, planPuts } from "./freshness-plan.ts"
import type { CacheKind, EarlyPlan, OperationKind, OperationPlan, Plan, Policy } from "./plan.ts"
import { planIndex, spreadOut } from "./index-plan.ts"
import { planPatterns } from "./pattern-plan.ts"
import { planOutsiders, planTracking } from "./tracking-plan.ts"
import { planStrictMs, strictOperations, strictPolicy } from "./strict-plan.ts"
import { planTransactions } from "./transactions.ts"

/** When clients begin, from the start of their processes, in milliseconds: connections are open by then, most of the time. */
const beginMs = 10
const startMs = 1000
const calmMs = 3600
/** Redis 7.0, Redis 8.4, Valkey 8.1 and Valkey 9.0. */
const servers: readonly (readonly NewerCommand[])[] = [[], ["SET IFEQ", "DELEX"], ["SET IFEQ"], ["SET IFEQ", "DELIFEQ"]]
const kinds: readonly CacheKind[] = [
  "plain",
  "plain",
  "plain",
  "versioned",
  "versioned",
  "lagging",
  "manual",
  "manual-versioned",
]

type Drawn = Omit<
  Policy,
  | "newer"
  | "early"
  | "absoluteTtlMs"
  | "nearMs"
  | "tracking"
  | "tags"
  | "groups"
  | "index"
  | "unchanged"
  | "directs"
  | "softMs"
  | "batch"
  | "large"
  | "afterFailover"
>

/** Draws a whole history. The same seed and mix give the same plan. */
export function planHistory(seed: number, mix: Mix): Plan {
  const dice = new Dice(seed)
  const processes = dice.chance(0.05) ? 4 : 3
  const shards = dice.chance(mix.cluster ?? 0) ? 2 : 1
  const isInPlace = mix.faults["slot-move"] !== undefined && mix.losesOnMoves !== true
  const elsewhere = shards > 1 ? (isInPlace ? onlyInPlace : onlyAlone) : onlyInCluster
  const faults = planFaults(dice, seed, mix, processes).filter(({ is }) => !elsewhere.has(is))
  const policy = { ...planPolicy(dice, mix, processes, faults), shards }
  const clients = mix.isHerd === true ? planHerd(dice, policy) : planClients(dice, policy, mix)
  const newer = dice.pick(servers)
  const bulk = planTags(seed, mix, clients)
  const grouped = bulk && planGroups(seed, mix, bulk)
  const tagged = grouped ?? bulk
  const changed = planPatterns(seed, mix, tagged ?? clients)
  const freshness = planFreshness(seed, mix, policy)
  const nearMs = planNear(seed, mix)
  const tracking = planTracking(seed, mix, { nearMs })
  const hasTags = { ...policy, tags: tagged !== undefined }
  const indexed = planIndex(seed, mix, hasTags, changed)
  const whole: Policy = {
    ...policy,
    newer,
    ...planRenewal(seed, policy, mix, faults),
    nearMs,
    tracking,
    tags: hasTags.tags,
    groups: grouped !== undefined,
    index: indexed !== undefined,
    afterFailover: planAfterFailover(seed, mix),
    ...freshness,
  }
  const strictMs = planStrictMs(seed, mix)
  const span = indexed === undefined ? { faults, calmMs } : spreadOut(faults)
  const plan = { seed, mix: mix.name, ...span }
  const leased = (): Plan["clients"] => planOutsiders(seed, tracking, planPuts(seed, whole, indexed ?? changed))
  const planned = strictMs === undefined ? leased() : strictOperations(clients)
  const policyNow = strictMs === undefined ? whole : strictPolicy(whole, strictMs)
  return { ...plan, policy: policyNow, clients: planTransactions(seed, mix, planned) }
}

/** Dice of its own, so that the rest of a history is the same with and without. */
function planRenewal(
  seed: number,
  { kind, ttlMs }: Drawn,
  { isHerd, slides = false, early: isEarly = false }: Mix,
  faults: readonly FaultPlan[],
): Pick<Policy, "early" | "absoluteTtlMs"> {
  const dice = new Dice(seed ^ 0x2545f491)
  const drawn = dice.float()
  const isLoading = !kind.startsWith("manual") && isHerd !== true
  const early = isLoading && (isEarly || (!slides && drawn < 0.45)) ? planEarly(dice) : undefined
  // What only its ttl ends must end: reading would keep it for as long as it is read.
  const mayStay = kind === "lagging" || faults.some(({ is }) => losesState.has(is) || is === "death")
  return { early, absoluteTtlMs: (slides || (!isEarly && drawn > 0.7)) && !mayStay ? 3 * ttlMs : undefined }
}

/** Dice of its own, as above. Beats cost as many events as everything else. */
function planNear(seed: number, { isHerd, near = 0.06 }: Mix): number | undefined {
  const dice = new Dice(seed ^ 0x5bd1e995)
  return isHerd !== true && dice.chance(near) ? Math.round(dice.between(200, 1500)) : undefined
}

/** Dice of its own, as above. */
function planAfterFailover(seed: number, { clears = 0.1 }: Mix): Policy["afterFailover"] {
  return new Dice(seed ^ 0x27d4eb2f).chance(clears) ? "clear" : "replay"
}

/** Share of these that are of all rows. */
const clearShare = 0.25

/** Dice of its own, as above. Answers what clients do instead in a history with tags; undefined in the others. */
function planTags(
  seed: number,
  { isHerd, tags = 0.06, bulk = 0.45 }: Mix,
  clients: readonly (readonly OperationPlan[])[],
): OperationPlan[][] | undefined {
  const dice = new Dice(seed ^ 0x3c6ef372)
  if (isHerd === true || !dice.chance(tags)) return undefined
  return clients.map((operations) =>
    operations.map((operation) => {
      if (!changing.has(operation.kind) || !dice.chance(bulk)) return operation
      return { ...operation, kind: dice.chance(clearShare) ? "clear" : "invalidate-tags" }
    }),
  )
}

/** Share of the changes of many rows that are of a group. */
const groupShare = 0.6

/** The same for what clients do in a history with groups. */
function planGroups(
  seed: number,
  { groups = 0 }: Mix,
  clients: readonly (readonly OperationPlan[])[],
): OperationPlan[][] | undefined {
  const dice = new Dice(seed ^ 0x1f83d9ab)
  if (!dice.chance(groups)) return undefined
  return clients.map((operations) =>
    operations.map((operation) => {
      const isBulk = operation.kind === "invalidate-tags" || operation.kind === "clear"
      return isBulk && dice.chance(groupShare) ? { ...operation, kind: "invalidate-group" as const } : operation
    }),
  )
}

function planEarly(dice: Dice): EarlyPlan {
  return dice.chance(0.5) ? { aheadPercent: 30 } : { beta: dice.chance(0.5) ? 1 : 10 }
}

/** No server of a cluster goes on beside its successor here. */
const onlyAlone: ReadonlySet<FaultClass> = new Set(["split-brain", "demotion"])
/** Nor does one lose anything while slots move. */
const onlyInPlace: ReadonlySet<FaultClass> = new Set([...losesState, "demotion"])
const onlyInCluster: ReadonlySet<FaultClass> = new Set(["slot-move"])

function planPolicy(dice: Dice, mix: Mix, processes: number, faults: readonly FaultPlan[]): Omit<Drawn, "shards"> {
  const kind = dice.pick(mix.caches ?? kinds)
  // Where state can be lost, only the ttl ends what came back: it must be short enough to be waited for.
  const outlives = faults.some(({ is }) => losesState.has(is) || is === "death")
  const isLong = mix.isHerd === true || mix.isLong === true || dice.chance(outlives || mix.isShort === true ? 0 : 0.5)
  const ttlMs = Math.round(isLong ? dice.between(8000, 30_000) : dice.between(60, 900))
  return {
    kind,
    processes,
    keys: dice.chance(0.5) ? 2 : 3,
    ttlMs,
    graceMs: dice.chance(0.5) ? 0 : Math.round(dice.between(100, 1500)),
    negativeTtlMs: dice.chance(0.25) ? undefined : Math.round(dice.between(40, Math.min(ttlMs, 1500))),
    jitter: dice.chance(0.5) ? "0%" : "10%",
    commandTimeoutMs: Math.round(dice.between(30, 250)),
    loadTimeoutMs: Math.round(dice.between(2500, 4000)),
    deletes: mix.isHerd !== true && dice.chance(0.4),
    lagMs: kind === "lagging" ? (mix.lagMs ?? Math.round(dice.between(10, 300))) : 0,
    loadMs: dice.chance(0.5) ? 15 : 80,
  }
}

const weights: Readonly<Record<"loading" | "crowded" | "manual", Readonly<Partial<Record<OperationKind, number>>>>> = {
  loading: {
    get: 34,
    "get-many": 10,
    "get-impatient": 5,
    peek: 4,
    lookup: 8,
    refresh: 4,
    write: 14,
    "write-nothing": 3,
    invalidate: 13,
    expire: 4,
  },
  crowded: { get: 15, "get-many": 65, "write-nothing": 8, invalidate: 12 },
  manual: { lookup: 45, peek: 12, write: 14, "write-nothing": 3, invalidate: 13, expire: 4, put: 8 },
}

const changing: ReadonlySet<OperationKind> = new Set(["write", "write-nothing", "invalidate", "expire", "put"])

function planClients(dice: Dice, policy: Drawn, { changes = 1, without, isCrowded = false }: Mix): OperationPlan[][] {
  const base = weights[policy.kind.startsWith("manual") ? "manual" : isCrowded ? "crowded" : "loading"]
  const kindWeights: Partial<Record<OperationKind, number>> = {
    ...base,
    ...(policy.kind === "versioned" && { put: 6 }),
  }
  if (without !== undefined) delete kindWeights[without]
  for (const kind of changing) {
    const weight = kindWeights[kind]
    if (weight !== undefined) kindWeights[kind] = weight * changes
  }
  let id = 0
  return Array.from({ length: 4 }, () =>
    Array.from({ length: 4 }, (_, at) => {
      id += 1
      return {
        id,
        kind: dice.weighted(kindWeights),
        process: dice.below(policy.processes),
        key: dice.chance(0.7) ? 0 : dice.below(policy.keys),
        thinkMs: thinkMs(dice) + (at === 0 ? beginMs : 0),
        roll: dice.float(),
      }
    }),
  )
}

/** Most of what goes wrong goes wrong within a few milliseconds; some of it needs leases and ttls to end. */
function thinkMs(dice: Dice): number {
  const drawn = dice.float()
  if (drawn < 0.35) return dice.between(0, 2)
  return drawn < 0.85 ? dice.between(0, 50) : dice.between(0, 900)
}

/** Most clients are done within half a second. */
function faultMs(dice: Dice): number {
  return dice.chance(0.75) ? dice.between(0, 450) : dice.between(0, 1800)
}

function planHerd(dice: Dice, policy: Drawn): OperationPlan[][] {
  return Array.from({ length: 40 }, (_, id) => [
    {
      id,
      kind: "get" as const,
      process: dice.below(policy.processes),
      key: dice.below(policy.keys),
      thinkMs: beginMs + dice.between(0, 30),
      roll: dice.float(),
    },
  ])
}

function planFaults(usual: Dice, seed: number, mix: Mix, processes: number): FaultPlan[] {
  const faults: FaultPlan[] = []
  const later = new Dice(seed ^ 0x59f111f1)
  for (const is of faultClasses) {
    const dice = isLater.has(is) ? later : usual
    const expected = mix.faults[is] ?? 0
    const isOn = mix.share === 1 || dice.chance(mix.share)
    for (let left = isOn ? expected : 0; left > 0; left -= 1) {
      if (left < 1 && !dice.chance(left)) continue
      faults.push({
        id: faults.length + 1,
        is,
        atMs: startMs + faultMs(dice),
        process: dice.below(processes),
        a: dice.float(),
        b: dice.float(),
      })
    }
  }
  return faults
}
