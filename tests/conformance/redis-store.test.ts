import { startRedis, type RedisProcess } from "@holdfast/servers"
import { encodeVersion, EntryAddress, sealEnvelope, systemRandom, type StoreSubject } from "holdfast/testing"
import type { InvalidateRequest, LeaseGrant, StoredEntry } from "holdfast"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { clientCell } from "../cells.ts"
import { memorySubject, redisSubject } from "./store-subjects.ts"

let redis: RedisProcess
let subject: StoreSubject
beforeAll(async () => {
  redis = await startRedis()
  subject = await redisSubject(redis, clientCell("redis 6").create(redis.url), "look-inside")
})
afterEach(async () => {
  await redis.command("CONFIG", "SET", "maxmemory", "0")
  await redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
})
afterAll(async () => {
  await subject.close()
  await redis.stop()
})

const anotherKey = (): EntryAddress => new EntryAddress(`look-inside:{entry:${systemRandom.token()}}`)
const drop: InvalidateRequest = { mode: "drop", graceMs: 60_000, version: undefined, tombstoneMs: 60_000 }
const expire: InvalidateRequest = { ...drop, mode: "expire" }

function entry(address: EntryAddress, version?: number): StoredEntry {
  const nowMs = subject.store.now(address)
  const fields = { address, createdMs: nowMs, freshUntilMs: nowMs + 60_000, costUs: 0, shape: 0, negative: false }
  const text = version === undefined ? undefined : encodeVersion(version)
  return { bytes: sealEnvelope({ ...fields, id: systemRandom.token(), version: text }, "value"), keepMs: 60_000 }
}

async function win(address: EntryAddress): Promise<LeaseGrant> {
  const answer = await subject.store.lease(address, {
    token: systemRandom.token(),
    leaseMs: 30_000,
    rejected: undefined,
  })
  if (!("grant" in answer)) throw new Error(`expected a lease, got ${answer.is}`)
  return answer.grant
}

test("a person with redis-cli can read what is under way", async () => {
  const address = anotherKey()
  await subject.store.invalidate(address, { ...drop, version: encodeVersion(7) })
  const { token } = await win(address)
  const { id } = await subject.store.openWindow(address, { id: systemRandom.token(), windowMs: 45_000 })
  const lines = String(await redis.command("GET", address.control))
    .replaceAll(/\b\d{13}\b/g, "<ms>")
    .split("\n")
  expect(lines).toEqual([`lease ${token} <ms> 0`, `window ${id} <ms> 0`, `tombstone ${encodeVersion(7)} <ms>`])
})

test("the control key lives as long as the last thing on record, whatever comes later", async () => {
  const address = anotherKey()
  const life = async (): Promise<number> => Number(await redis.command("PTTL", address.control))
  await subject.store.invalidate(address, { ...drop, version: encodeVersion(7) })
  const grant = await win(address)
  expect(await life()).toBeGreaterThan(40_000)
  await subject.store.releaseLease(grant, "abandoned")
  expect(await life()).toBeGreaterThan(40_000)
  expect(await life()).toBeLessThanOrEqual(60_000)
})

test("lines of a newer release stay on record through every script, as long as they say", async () => {
  const address = anotherKey()
  const untilMs = subject.store.now(address) + 50_000
  const strange = `barrier of-tomorrow ${untilMs} 1 two three`
  await redis.command("SET", address.control, strange, "PX", "50000")
  await subject.store.fill(await win(address), entry(address, 1))
  await subject.store.invalidate(address, { ...expire, version: encodeVersion(2) })
  const window = await subject.store.openWindow(address, { id: systemRandom.token(), windowMs: 1000 })
  await subject.store.extendWindow(window, 2000)
  await subject.store.closeWindow(window, entry(address, 3), drop)
  await subject.store.putVersioned(address, entry(address, 4), drop)
  await subject.store.releaseLease(await win(anotherKey()), "failed")
  await subject.store.invalidate(address, drop)
  expect(String(await redis.command("GET", address.control)).split("\n")).toContain(strange)
  expect(Number(await redis.command("PTTL", address.control))).toBeGreaterThan(30_000)
})

test("a malformed record holds no lease and stops nothing", async () => {
  const address = anotherKey()
  const grant = await win(address)
  for (const text of ["lease", `lease ${grant.token}`, `lease ${grant.token} soon 0`, "\u0000\n\n window"]) {
    await redis.command("SET", address.control, text, "PX", "50000")
    expect(await subject.store.fill(grant, entry(address))).toBe("lost")
  }
  expect(await subject.store.fill(await win(address), entry(address))).toBe("stored")
})

describe("on a server that is out of memory and does not evict", () => {
  const full = async (): Promise<void> => {
    await redis.command("CONFIG", "SET", "maxmemory", "1")
    await expect(redis.command("SET", "probe", "1")).rejects.toThrow("OOM")
  }

  test.each([drop, expire])(
    "an invalidation ($mode) is carried out all the same, wake-up included",
    async (request) => {
      const address = anotherKey()
      await subject.store.fill(await win(address), entry(address, 5))
      await subject.store.openWindow(address, { id: systemRandom.token(), windowMs: 60_000 })
      const reasons: string[] = []
      subject.store.onWake(address, (reason) => void reasons.push(reason))
      await full()
      await subject.store.invalidate(address, { ...request, version: encodeVersion(6) })
      await expect.poll(() => reasons).toEqual(["invalidated"])
      const { bytes, windows, tombstone } = await subject.store.inspect(address)
      expect(bytes?.readBigUInt64BE(8)).toBe(request.mode === "drop" ? undefined : 0n)
      expect(windows.map(({ overlapped }) => overlapped)).toEqual([true])
      expect(tombstone?.version).toBe(encodeVersion(6))
    },
  )

  test("a write that cannot be stored removes the old value, and so does a put", async () => {
    for (const end of ["close", "put"]) {
      const address = anotherKey()
      await subject.store.fill(await win(address), entry(address, 5))
      const window = await subject.store.openWindow(address, { id: systemRandom.token(), windowMs: 60_000 })
      await full()
      const { store } = subject
      const answer =
        end === "put"
          ? store.putVersioned(address, entry(address, 6), drop)
          : store.closeWindow(window, entry(address, 6), drop)
      expect(await answer).toBe("invalidated")
      expect(await store.look(address)).toBeUndefined()
      await redis.command("CONFIG", "SET", "maxmemory", "0")
    }
  })

  test("a fill that is refused says so, gives its lease back and wakes who waits", async () => {
    const address = anotherKey()
    const reasons: string[] = []
    subject.store.onWake(address, (reason) => void reasons.push(reason))
    await subject.store.openWindow(address, { id: systemRandom.token(), windowMs: 60_000 })
    const grant = await win(address)
    await subject.store.lease(address, { token: systemRandom.token(), leaseMs: 1000, rejected: undefined })
    await full()
    await expect(subject.store.fill(grant, entry(address))).rejects.toMatchObject({
      code: "SERVER_REFUSED",
      facts: { reply: "OOM" },
    })
    await expect.poll(() => reasons).toEqual(["released"])
    await redis.command("CONFIG", "SET", "maxmemory", "0")
    await win(address)
  })

  test("a lease can be given back beside a tombstone", async () => {
    const address = anotherKey()
    await subject.store.invalidate(address, { ...drop, version: encodeVersion(5) })
    const grant = await win(address)
    await full()
    await subject.store.releaseLease(grant, "failed")
    const { lease, tombstone } = await subject.store.inspect(address)
    expect([lease, tombstone?.version]).toEqual([undefined, encodeVersion(5)])
  })
})

describe("where another program keeps a key of another type", () => {
  test("under the value key: it is a miss that is never filled, invalidations succeed, and nothing touches it", async () => {
    const address = anotherKey()
    await redis.command("RPUSH", address.value, "theirs")
    expect(await subject.store.look(address)).toBeUndefined()
    const both = await Promise.all([subject.store.look(address), subject.store.look(anotherKey())])
    expect(both).toEqual([undefined, undefined])
    await expect(win(address)).rejects.toMatchObject({ code: "SERVER_REFUSED", facts: { reply: "WRONGTYPE" } })
    await subject.store.invalidate(address, drop)
    await subject.store.invalidate(address, expire)
    const window = await subject.store.openWindow(address, { id: systemRandom.token(), windowMs: 60_000 })
    expect(await subject.store.closeWindow(window, entry(address, 1), drop)).toBe("invalidated")
    expect(await redis.command("LRANGE", address.value, "0", "-1")).toEqual(["theirs"])
  })

  test("under the control key: it counts as no record, and makes way", async () => {
    const address = anotherKey()
    await subject.store.fill(await win(address), entry(address))
    await redis.command("RPUSH", address.control, "theirs")
    await subject.store.invalidate(address, drop)
    expect(await subject.store.look(address)).toBeUndefined()
    expect(await subject.store.fill(await win(address), entry(address))).toBe("stored")
  })
})

describe("health", () => {
  const findings = async (): Promise<string[]> => {
    const [node] = await subject.store.health()
    return (node?.findings ?? []).map(({ severity, id }) => `${severity} ${id}`)
  }

  test("tells of a server without a memory limit, and warns of a policy that is wrong for a cache", async () => {
    expect(await findings()).toEqual(["notice no-maxmemory"])
    await redis.command("CONFIG", "SET", "maxmemory", "100mb")
    expect(await findings()).toEqual(["warning eviction-policy"])
    await redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
    expect(await findings()).toEqual(["warning eviction-policy"])
    await redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
    expect(await findings()).toEqual([])
  })

  test("names the node, its role, its round trip and the state of the breaker", async () => {
    const [node] = await subject.store.health()
    expect(node).toMatchObject({ node: `${redis.host}:${redis.port}`, ok: true, role: "primary", breaker: "closed" })
    expect(node?.pingMs).toBeGreaterThan(0)
    expect(await memorySubject().store.health()).toMatchObject([{ ok: true, findings: [] }])
  })
})
