import type { RedisProcess } from "@holdfast/servers"
import { expect } from "vitest"
import { storeError, type FaultCell, type FaultScene } from "./fault-cell.ts"

/** The memory is full and nothing may be evicted: what is stored is read, nothing new is stored, and invalidations work. */
export const outOfMemory: FaultCell = {
  name: "OOM, noeviction",
  server: { policy: "noeviction" },
  async break({ redis }) {
    await setMemory(redis, "full")
    return () => setMemory(redis, "free")
  },
  async probe(scene) {
    await fullAllAlong(scene)
    await fullMeanwhile(scene)
  },
  delivers: "all",
  health: /noeviction/,
  event: storeError("SERVER_REFUSED", "lease"),
  recoveryMs: 2000,
}

async function setMemory(redis: RedisProcess, state: "full" | "free"): Promise<void> {
  await redis.command("CONFIG", "SET", "maxmemory", state === "full" ? "1" : "0")
}

/** What is there is read; neither a load nor a write is stored, and both members see every change. */
async function fullAllAlong({ service }: FaultScene): Promise<void> {
  const [{ cache }, other] = service.members
  const before = cache.stats()
  expect(await cache.get("k0")).toMatchObject({ key: "k0" })
  expect(cache.stats().hits).toBe(before.hits + 1)
  const version = await service.source.commit("k0")
  expect(await cache.invalidate("k0")).toEqual({ delivered: true })
  expect(await other.cache.get("k0")).toMatchObject({ version })
  expect(await cache.get("k0")).toMatchObject({ version })
  const writer = async () => ({ key: "k0", version: await service.source.commit("k0") })
  expect(await cache.write("k0", writer)).toMatchObject({ stored: false, delivered: true })
  expect(await other.cache.get("k0")).toMatchObject({ version: version + 1 })
  expect(cache.stats().fills).toBe(before.fills)
}

/** The memory fills up while a lease or a window is held: the fill and the write are told that nothing was stored. */
async function fullMeanwhile({ redis, service }: FaultScene): Promise<void> {
  const [{ cache }, other] = service.members
  await setMemory(redis, "free")
  const version = await service.source.commit("k1")
  await cache.invalidate("k1")
  const miss = await cache.lookup("k1")
  await setMemory(redis, "full")
  expect(miss).toMatchObject({ hit: false, leased: true })
  expect(!miss.hit && (await miss.fill({ key: "k1", version }))).toBe(false)
  expect(await cache.peek("k1")).toBeUndefined()
  await setMemory(redis, "free")
  const write = await cache.write("k1", async () => {
    const committed = await service.source.commit("k1")
    await setMemory(redis, "full")
    return { key: "k1", version: committed }
  })
  expect(write).toMatchObject({ stored: false, delivered: true })
  expect(await other.cache.get("k1")).toMatchObject({ version: version + 1 })
}
