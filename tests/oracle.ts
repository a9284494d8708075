import type { RedisProcess } from "@holdfast/servers"
import { expect } from "vitest"

/** How long a lease or a write window outlives its holder, in milliseconds. */
export const holdMs = 2000

/** Fails if the caches left something behind: a key that never expires, or a lease that outlives its holder by more than its life. */
export async function expectTidy(redis: RedisProcess, namespace: string): Promise<void> {
  const keys = (await redis.command("KEYS", `${namespace}:*`)) as string[]
  const lives = await Promise.all(keys.map(async (key) => [key, Number(await redis.command("PTTL", key))] as const))
  // The tag clock of a namespace is one small key, which never expires.
  expect(lives.filter(([key, ms]) => ms === -1 && key !== `${namespace}:{clock#tags}`)).toEqual([])
  expect(await longHolds(redis, keys)).toEqual([])
}

async function longHolds(redis: RedisProcess, keys: readonly string[]): Promise<string[]> {
  const controls = keys.filter((key) => key.endsWith(":ctl"))
  const records = await Promise.all(controls.map((key) => redis.command("GET", key).catch(() => "")))
  const [seconds] = (await redis.command("TIME")) as string[]
  const latest = (Number(seconds) + 1) * 1000 + holdMs
  const holds = records.flatMap((record) => String(record ?? "").match(/^(lease|window) .*$/gm) ?? [])
  return holds.filter((line) => Number(line.split(" ")[2]) > latest)
}

/** Knows what was acknowledged, so that it can tell a stale answer: one below the highest version acknowledged before its request began. */
export class FreshnessOracle {
  readonly #acknowledged = new Map<string, number>()
  readonly #stale: string[] = []
  #answers = 0

  /** A write of this version has resolved. */
  acknowledge(key: string, version: number): void {
    this.#acknowledged.set(key, Math.max(version, this.floor(key)))
  }

  /** The lowest version that a read may answer which begins now. */
  floor(key: string): number {
    return this.#acknowledged.get(key) ?? 0
  }

  /** Notes an answer to a request that began when the floor was `floor`. */
  judge(key: string, floor: number, version: number | undefined): void {
    this.#answers += 1
    if ((version ?? 0) < floor) this.#stale.push(`${key}: answered ${version}, acknowledged ${floor}`)
  }

  get answers(): number {
    return this.#answers
  }

  get stale(): readonly string[] {
    return this.#stale
  }
}
