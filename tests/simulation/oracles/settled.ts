import type { History } from "../history.ts"
import type { Peer } from "../workload/peer.ts"
import { runUntil } from "../world/run-until.ts"

/** Judging costs as much as a third of a history: where histories are many, one of so many seeds is judged. */
export const settledEvery = 16
/** Until whatever a read has begun in the background has ended, in milliseconds. */
const settlesMs = 1000
/** A shorter ttl may end between a read and the look after it. */
const shortestTtlMs = 150
/** Waiting for longer ones costs more than it shows. */
const longestTtlMs = 1000
const slackMs = 300

type Way = "expire" | "expire-and-wait" | "wait" | "gone"

/** The last two only where ttls are short. */
const ways: readonly Way[] = ["expire", "expire-and-wait", "wait", "gone"]

export type Act = (history: History, peer: Peer, key: number) => Promise<void>

/**
 * Once all is quiet, the store is at work again: what was read is found there, an entry that is past its ttl or was expired is renewed
 * by the next read, and an expired one is gone with its grace.
 */
export async function judgeSettled(history: History): Promise<void> {
  const { plan, world, source, keys, injections } = history
  const { kind, ttlMs, graceMs } = plan.policy
  if (kind.startsWith("manual") || ttlMs * 0.9 < shortestTtlMs) return
  // A version that was damaged may forbid every other one until its entry or its tombstone ends.
  if (kind !== "plain" && injections.applied.has("damage")) return
  await inEveryProcess(history, settlesMs, keptOne)
  if (ttlMs > longestTtlMs && plan.policy.early === undefined) await judgeHits(history)
  // Processes learn of a jump of the server's clock only after a while.
  if (injections.applied.has("server-clock")) return
  await judgeAbsences(history)
  if (kind === "lagging" || (graceMs === 0 && ttlMs > longestTtlMs)) return
  keys.names.forEach((_, key) => source.changeAtOnce(key))
  const way = ways[Math.floor(plan.seed / settledEvery) % (ttlMs > longestTtlMs ? 2 : 4)]
  if (way === "gone" || graceMs === 0) await runUntil(world, world.nowMs + ttlMs + graceMs + slackMs)
  else await pastFreshness(history, way)
  await inEveryProcess(history, settlesMs, renewedOne)
}

/**
 * What has just been loaded is not loaded again, whatever wall clocks say (R9); in a strict cache once its record is old enough, and
 * where what is unchanged may be gone by the time that its load ends, once it was stored anew.
 */
async function judgeHits(history: History): Promise<void> {
  const { source, keys, violations, plan } = history
  const { strictMs, unchanged } = plan.policy
  const rounds = strictMs !== undefined || unchanged ? 3 : 2
  const isLoadedAgain = keys.names.map((_, key) => !source.isAbsent(key, source.newest(key)))
  for (let round = 0; round < rounds; round += 1) {
    const before = [...source.loads]
    await inEveryProcess(history, settlesMs, readOne)
    for (const key of keys.names.keys()) if (source.loads[key] === before[key]) isLoadedAgain[key] = false
  }
  for (const [key, name] of keys.names.entries()) {
    if (isLoadedAgain[key] === true) violations.add("loaded-again", `${name} is loaded again and again, fresh as it is`)
  }
}

/** Ends the freshness of all entries and, where they may still be served stale, reads them once. */
async function pastFreshness(history: History, way: Way | undefined): Promise<void> {
  const { world, plan } = history
  if (way === "wait") await runUntil(world, world.nowMs + plan.policy.ttlMs + slackMs)
  else await inEveryProcess(history, 200, expireOne)
  if (way === "expire-and-wait") await expireAgain(history)
  else await readUntilKept(history, settlesMs)
}

/** Where the news of the clock's last step may have been lost, a tag that is new costs a second load. */
export async function readUntilKept(history: History, forMs: number): Promise<void> {
  const { tags, nearMs } = history.plan.policy
  const reads = tags && nearMs !== undefined ? 2 : 1
  for (let read = 0; read < reads; read += 1) await inEveryProcess(history, forMs, readOne)
}

/** An entry that was expired twice is gone with its first grace. */
async function expireAgain(history: History): Promise<void> {
  const { plan, world } = history
  const { graceMs } = plan.policy
  const goneMs = world.nowMs + graceMs + slackMs
  await runUntil(world, world.nowMs + 0.6 * graceMs)
  await inEveryProcess(history, 0.2 * graceMs, expireOne)
  await runUntil(world, goneMs)
}

/** A row that appears unseen is read once the absence before it has lived its time. */
async function judgeAbsences(history: History): Promise<void> {
  const { plan, world, source, keys } = history
  const absent = keys.names.map((_, key) => key).filter((key) => source.isAbsent(key, source.newest(key)))
  if (absent.length === 0) return
  await inEveryProcess(history, settlesMs, readOne)
  for (const key of absent) source.changeAtOnce(key)
  await runUntil(world, world.nowMs + (plan.policy.negativeTtlMs ?? 0) + slackMs)
  await inEveryProcess(history, settlesMs, renewedOne)
}

/** Acts for all keys in all living processes at one time, and gives them some time. */
export async function inEveryProcess(history: History, forMs: number, act: Act): Promise<void> {
  const { world, peers, keys, violations } = history
  let left = 0
  for (const peer of peers) {
    if (peer.process.isDead) continue
    left += keys.names.length
    const one = (key: number): Promise<void> =>
      act(history, peer, key).then(
        () => void (left -= 1),
        (error: unknown) => violations.add("no-answer", `${peer.process.name}, when all is quiet: ${String(error)}`),
      )
    world.at(0, peer.process, () => keys.names.forEach((_, key) => void one(key)))
  }
  await runUntil(world, world.nowMs + forMs)
  if (left > 0) violations.add("hang", `${left} calls have not ended ${forMs} ms after all was quiet`)
}

const keptOne: Act = async ({ violations, keys, source, world }, { process, cache }, key) => {
  const name = keys.names[key] as string
  // An absence is not stored beside a tombstone.
  if (source.isAbsent(key, source.newest(key))) return
  // A try may find an entry at the very end of its life; the next one then finds what it has loaded.
  for (let tries = 0; tries < 3; tries += 1) {
    await cache.get(name)
    if ((await cache.peek(name)) !== undefined) return
    await new Promise<void>((resolve) => world.at(20, process, resolve))
  }
  violations.add("not-kept", `${process.name} reads ${name}, and then the store holds nothing`)
}

export const expireOne: Act = async ({ keys }, { cache }, key) => {
  await cache.invalidate(keys.names[key] as string, { expire: true })
}

export const readOne: Act = async ({ keys }, { cache }, key) => {
  await cache.get(keys.names[key] as string)
}

export const renewedOne: Act = async ({ violations, keys, source }, { process, cache }, key) => {
  const row = await cache.get(keys.names[key] as string)
  const newest = source.newest(key)
  if (row?.v === newest) return
  const name = keys.names[key]
  violations.add("not-renewed", `${process.name} answered version ${row?.v} of ${name}, and the source holds ${newest}`)
}
