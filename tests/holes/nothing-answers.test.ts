import { startRedis, until } from "@holdfast/servers"
import { createHoldfast } from "holdfast"
import { expect, test } from "vitest"
import { clientCell } from "../cells.ts"
import { shows } from "./shows.ts"

/** Ttl and grace, in milliseconds. */
const lifeMs = 4000

test(
  shows("H18", "a copy is served while neither store nor source answers, and no longer than its ttl and grace"),
  async () => {
    await using redis = await startRedis()
    await using holdfast = createHoldfast({ redis: clientCell("redis 6").create(redis.url), namespace: "shop" })
    const source = { version: 1, isDown: false }
    const cache = holdfast.cache({
      name: "row",
      ttl: "1s",
      grace: "3s",
      jitter: "0%",
      load: async (_id: string) => {
        if (source.isDown) throw new Error("The source is down.")
        return source.version
      },
    })
    const isNear = async (): Promise<boolean> => (await cache.get("a")) === 1 && cache.stats().nearHits > 0
    expect(await until(isNear, { timeoutMs: 10_000, everyMs: 5 })).toBe(true)
    await cache.refresh("a")
    const loadedMs = performance.now()
    await redis.kill()
    Object.assign(source, { version: 2, isDown: true })
    let servedMs = 0
    const isOver = async (): Promise<boolean> => {
      const askedMs = performance.now()
      const answer = await cache.get("a").catch((error: Error) => error.message)
      if (answer === 1) servedMs = askedMs - loadedMs
      else expect(answer).toBe("The source is down.")
      return answer !== 1
    }
    expect(await until(isOver, { timeoutMs: 2 * lifeMs, everyMs: 20 })).toBe(true)
    expect(cache.stats().fencedStale).toBeGreaterThan(0)
    expect(servedMs).toBeGreaterThan(1000)
    expect(servedMs).toBeLessThanOrEqual(lifeMs)
    source.isDown = false
    expect(await cache.get("a")).toBe(2)
  },
)
