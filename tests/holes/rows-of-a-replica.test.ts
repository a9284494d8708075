import { expect, test } from "vitest"
import { shows } from "./shows.ts"
import { world, type Row } from "./world.ts"

const version = (row: Row): number => row.version

test(shows("H3", "a row that is older than what was invalidated is not stored while the replica may lag"), async () => {
  // What loads read is the replica: it stays at version 1 when 2 is committed.
  const { clock, source: replica, process } = world()
  const policy = { version, ttl: "10m" } as const
  const [reader, writer] = [process(policy).cache, process(policy).cache]
  await reader.get("a")
  expect(await writer.invalidate("a", { version: 2 })).toEqual({ delivered: true })
  for (const passMs of [0, 30_000, 29_999]) {
    await clock.advance(passMs)
    expect(await reader.get("a"), "what the replica has").toEqual({ version: 1 })
    expect(await reader.peek("a")).toBeUndefined()
  }
  replica.version = 2
  expect(await reader.get("a")).toEqual({ version: 2 })
  expect(await reader.peek("a")).toEqual({ version: 2 })
})

test(shows("H3", "without a version it is stored, and ends with its ttl"), async () => {
  const { clock, source: replica, process } = world()
  const [reader, writer] = [process().cache, process().cache]
  await writer.invalidate("a")
  expect(await reader.get("a")).toEqual({ version: 1 })
  replica.version = 2
  await clock.advance(9999)
  expect(await reader.get("a")).toEqual({ version: 1 })
  await clock.advance(1)
  expect(await reader.get("a")).toEqual({ version: 2 })
})

test(shows("H15", "what is answered is no older than the replica lags, plus the ttl"), async () => {
  const { clock, process } = world()
  const [lagMs, ttlMs, everyMs] = [30_000, 10_000, 100]
  // Each second has a version of its own, which ends with it.
  const load = async (): Promise<Row> => ({ version: Math.floor((clock.monotonic() - lagMs) / 1000) })
  const { cache } = process({ load })
  let oldestMs = 0
  for (let passedMs = 0; passedMs < 60_000; passedMs += everyMs) {
    const row = await cache.get("a")
    oldestMs = Math.max(oldestMs, clock.monotonic() - ((row?.version ?? -Infinity) + 1) * 1000)
    await clock.advance(everyMs)
  }
  expect(oldestMs).toBeLessThanOrEqual(lagMs + ttlMs)
  expect(oldestMs).toBeGreaterThan(lagMs + ttlMs - 2000)
})
