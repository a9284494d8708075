import type { History } from "../history.ts"
import type { Peer } from "../workload/peer.ts"
import type { Draw } from "../world/draw-log.ts"
import { runUntil } from "../world/run-until.ts"
import { wallStartMs } from "../world/world.ts"
import { byOne, refreshOne } from "./by-one.ts"
import { readEntryLife } from "./entry-text.ts"
import { slackOf } from "./read-judge.ts"
import { inEveryProcess, type Act } from "./settled.ts"
import { aheadMs } from "./xfetch.ts"

/** With shorter ones a refresh has no time between its beginning and the end of the entry. */
const shortestTtlMs = 400
/** Until a process no longer leaves a key alone whose refresh has failed, in milliseconds. */
const restsMs = 1100
/** Until all is loaded and stored. */
const refreshesMs = 250
/** Until a read has asked for a lease, by a server that may not know the script. */
const asksMs = 40
/** Until one of several has been answered, by a load if it came too late. */
const readsMs = 250
const rounds = 2
/** Of the load cost and beta: so long before the end entries are read, one after the other. */
const readAt = [8, 4, 2, 1, 0.5]
/** The same: nearer their end near copies are no longer served. */
const nearEndsAt = 5

/** When what a key holds was made, in true time, and how long it is fresh from now. */
interface Kept {
  readonly madeMs: number
  readonly leftMs: number
}

/** Once all is quiet: with `earlyRefresh` a read refreshes an entry if its draw says so (XFetch), and only then. */
export async function judgeByChance(history: History): Promise<void> {
  const { plan, world, injections, keys } = history
  const { early, kind, ttlMs, strictMs, batch, tags, unchanged } = plan.policy
  if (early === undefined || !("beta" in early) || kind === "lagging" || ttlMs < shortestTtlMs) return
  if (strictMs !== undefined || batch || tags || unchanged) return
  if (injections.applied.has("damage") || injections.applied.has("server-clock")) return
  await runUntil(world, world.nowMs + restsMs)
  for (let round = 0; round < rounds; round += 1) {
    const startMs = world.nowMs
    await inEveryProcess(history, refreshesMs, refreshOne)
    const endMs = world.nowMs + (keptOf(history, 0)?.leftMs ?? 0)
    const usualMs = early.beta * (history.source.tookMs[0] ?? 0)
    for (const [at, share] of readAt.entries()) {
      const atMs = endMs - share * usualMs
      // When it is too late for all of them, the last is read all the same.
      if (atMs < world.nowMs && at < readAt.length - 1) continue
      await runUntil(world, Math.max(world.nowMs, atMs))
      await inEveryProcess(history, readsMs * keys.names.length, byOne(readInTurn(early.beta, startMs)))
    }
  }
}

/** What a read has found and done. */
interface Read {
  readonly leftMs: number
  readonly costMs: number
  /** What its process drew meanwhile. */
  readonly drawn: readonly Draw[]
  /** Whether it has asked for a lease, to refresh what it has found. */
  readonly hasAsked: boolean
}

/** All keys, each once it is known what the read of the one before has begun. */
function readInTurn(beta: number, startMs: number): Act {
  return async (history, peer, first) => {
    if (first > 0) return
    for (const key of history.keys.names.keys()) {
      const read = await readOne(history, peer, key, startMs)
      if (read !== undefined) judge(history, key, beta, read)
    }
  }
}

/** Undefined: it is being refreshed, or nothing is stored of what was refreshed. */
async function readOne(history: History, peer: Peer, key: number, startMs: number): Promise<Read | undefined> {
  const { world, lives, keys, source } = history
  const { process, cache } = peer
  const before = lives.askedMs(process, key)
  const kept = keptOf(history, key)
  if (kept === undefined || world.nowMs - before < refreshesMs || kept.madeMs < startMs - slackOf(history.plan))
    return undefined
  const { count } = process.draws
  await cache.get(keys.names[key] as string)
  const drawn = process.draws.after(count)
  const leftMs = keptOf(history, key)?.leftMs ?? 0
  const costMs = source.tookMs[key] ?? 0
  await new Promise<void>((resolve) => world.at(asksMs, process, resolve))
  return { leftMs, costMs, drawn, hasAsked: lives.askedMs(process, key) > before }
}

function judge({ plan, violations, keys }: History, key: number, beta: number, read: Read): void {
  const { leftMs, costMs, drawn, hasAsked } = read
  const slackMs = slackOf(plan)
  const name = keys.names[key]
  if (leftMs <= slackMs || drawn.length > 1) return
  const [draw] = drawn
  if (draw === undefined) {
    if (plan.policy.nearMs === undefined || leftMs < nearEndsAt * beta * costMs - slackMs)
      violations.add("not-drawn", `a read of ${name} ${Math.round(leftMs)} ms before its end drew nothing`)
    return
  }
  const dueMs = aheadMs(beta, costMs, draw)
  const what = `by its draw ${name} is due ${Math.round(dueMs)} ms before its end, and it was read ${Math.round(leftMs)} ms before`
  if (hasAsked && dueMs < leftMs - slackMs) violations.add("refreshed-too-soon", what)
  if (!hasAsked && dueMs > leftMs + slackMs) violations.add("not-refreshed", what)
}

/** Undefined: nothing. */
function keptOf({ servers, keys, world }: History, key: number): Kept | undefined {
  for (const { model, clock } of servers.primaries) {
    const found = model.find(keys.valueKeyOf(key))?.value
    if (typeof found !== "string") continue
    const { createdMs, freshUntilMs } = readEntryLife(found)
    const startMs = wallStartMs + clock.skewMs
    return { madeMs: createdMs - startMs, leftMs: freshUntilMs - startMs - world.nowMs }
  }
  return undefined
}
