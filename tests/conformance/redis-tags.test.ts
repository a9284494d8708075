import { startRedis, type RedisProcess } from "@holdfast/servers"
import {
  changeOf,
  systemRandom,
  tagAddress,
  tagClockAddress,
  type StoreSubject,
  type TagAddress,
} from "holdfast/testing"
import type { TagClock } from "holdfast"
import { createClient } from "redis"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { clientCell } from "../cells.ts"
import { redisSubject } from "./store-subjects.ts"

const namespace = "tags-inside"
const clockKey = tagClockAddress(namespace).key
let redis: RedisProcess
let subject: StoreSubject
beforeAll(async () => {
  redis = await startRedis()
  subject = await redisSubject(redis, clientCell("redis 6").create(redis.url), namespace)
})
beforeEach(() => redis.command("FLUSHALL"))
afterEach(() => redis.command("CONFIG", "SET", "maxmemory", "0"))
afterAll(async () => {
  await subject.close()
  await redis.stop()
})

const anotherTag = (): TagAddress => tagAddress(namespace, systemRandom.token())
const textOf = async (key: string): Promise<unknown> => redis.command("GET", key)
const stateOf = async (tag: TagAddress): Promise<unknown> => (await subject.store.lookTags([tag]))[0]

/** Makes a tag as a filler does. */
async function make(
  tag: TagAddress,
  keepMs = 60_000,
): Promise<{ readonly clock: TagClock; readonly incarnation: string }> {
  const incarnation = systemRandom.token()
  const { era } = await subject.store.readTagClock()
  await subject.store.beginTag(tag, { incarnation, era, keepMs })
  const clock = await subject.store.readTagClock()
  expect(await subject.store.completeTag(tag, { incarnation, clock, keepMs })).toBe("complete")
  return { clock, incarnation }
}

async function runId(): Promise<string> {
  return /run_id:(\w+)/.exec(String(await redis.command("INFO", "server")))?.[1] ?? ""
}

test("a person with redis-cli can read the clock and the tags", async () => {
  const tag = anotherTag()
  const { era } = await subject.store.advanceTagClock()
  expect(await textOf(clockKey)).toBe(`${era} 1 ${await runId()}`)
  const incarnation = systemRandom.token()
  await subject.store.beginTag(tag, { incarnation, era, keepMs: 60_000 })
  expect(await textOf(tag.key)).toBe(`- 0 ${incarnation}`)
  await subject.store.completeTag(tag, { incarnation, clock: { era, counter: 1 }, keepMs: 60_000 })
  expect(await textOf(tag.key)).toBe(`${era} 1 ${incarnation}`)
  await subject.store.invalidateTag(tag, await subject.store.advanceTagClock())
  expect(await textOf(tag.key)).toBe(`${era} 2 ${incarnation}`)
})

describe("the clock", () => {
  test("never expires, even if somebody has given it a life", async () => {
    const { era } = await subject.store.readTagClock()
    expect(await redis.command("PTTL", clockKey)).toBe(-1)
    await redis.command("PEXPIRE", clockKey, "60000")
    expect(await subject.store.advanceTagClock()).toEqual({ era, counter: 1 })
    expect(await redis.command("PTTL", clockKey)).toBe(-1)
  })

  test("is read without a write while the server runs on", async () => {
    await subject.store.advanceTagClock()
    await redis.command("CONFIG", "RESETSTAT")
    await subject.store.readTagClock()
    const stats = String(await redis.command("INFO", "commandstats"))
    expect(stats).toMatch(/cmdstat_get:calls=1/)
    expect(stats).not.toMatch(/cmdstat_(set|persist):/)
  })

  test.each(["readTagClock", "advanceTagClock"] as const)("of another run begins a new era (%s)", async (method) => {
    const era = systemRandom.token()
    await redis.command("SET", clockKey, `${era} 41 ${"0".repeat(40)}`)
    const clock = await subject.store[method]()
    expect(clock.era).not.toBe(era)
    expect(clock.counter).toBe(method === "readTagClock" ? 0 : 1)
    expect(await textOf(clockKey)).toBe(`${clock.era} ${clock.counter} ${await runId()}`)
  })

  test.each(["", "garbage", "0123 -1 run", `${"g".repeat(32)} 1 run`])(
    "that reads %j begins a new era",
    async (text) => {
      await redis.command("SET", clockKey, text)
      const clock = await subject.store.advanceTagClock()
      expect(clock.counter).toBe(1)
      expect(await subject.store.readTagClock()).toEqual(clock)
    },
  )

  test("does not take the place of what another program keeps there", async () => {
    await redis.command("RPUSH", clockKey, "theirs")
    for (const method of ["readTagClock", "advanceTagClock"] as const)
      await expect(subject.store[method]()).rejects.toMatchObject({ facts: { reply: "WRONGTYPE" } })
    expect(await redis.command("LRANGE", clockKey, "0", "-1")).toEqual(["theirs"])
  })
})

describe("a tag key that holds something else", () => {
  test.each(["", "garbage", "- 0", `${"0".repeat(32)} 1 incarnation`])(
    "%j: absent, made anew, and gone when invalidated",
    async (text) => {
      const tag = anotherTag()
      await redis.command("SET", tag.key, text)
      expect(await stateOf(tag)).toEqual({ is: "absent" })
      const { clock, incarnation } = await make(tag)
      expect(await stateOf(tag)).toEqual({ is: "complete", clock })
      await redis.command("SET", tag.key, text)
      expect(await subject.store.completeTag(tag, { incarnation, clock, keepMs: 60_000 })).toBe("other")
      expect(await textOf(tag.key)).toBe(text)
      await subject.store.invalidateTag(tag, clock)
      expect(await textOf(tag.key)).toBeNull()
    },
  )

  test.each(["1 incarnation", "1 0a ", "1 0a 1", "-1 0a", "1"])("this era and %j: begun anew", async (rest) => {
    const tag = anotherTag()
    const { era } = await subject.store.readTagClock()
    await redis.command("SET", tag.key, `${era} ${rest}`)
    expect(await stateOf(tag)).toEqual({ is: "absent" })
    const incarnation = systemRandom.token()
    const begun = await subject.store.beginTag(tag, { incarnation, era, keepMs: 60_000 })
    expect(begun).toEqual({ is: "half-made", incarnation })
  })

  test("another type: absent, never made, never removed", async () => {
    const tag = anotherTag()
    await redis.command("RPUSH", tag.key, "theirs")
    const clock = await subject.store.advanceTagClock()
    expect(await stateOf(tag)).toEqual({ is: "absent" })
    expect(await subject.store.lookTags([tag, anotherTag()])).toEqual([{ is: "absent" }, { is: "absent" }])
    const request = { incarnation: systemRandom.token(), keepMs: 60_000 }
    await expect(subject.store.beginTag(tag, { ...request, era: clock.era })).rejects.toMatchObject({
      code: "SERVER_REFUSED",
      facts: { reply: "WRONGTYPE" },
    })
    expect(await subject.store.completeTag(tag, { ...request, clock })).toBe("other")
    await subject.store.invalidateTag(tag, clock)
    expect(await redis.command("LRANGE", tag.key, "0", "-1")).toEqual(["theirs"])
    expect(await redis.command("PTTL", tag.key)).toBe(-1)
  })
})

describe("on a server that is out of memory and does not evict", () => {
  const full = async (): Promise<void> => {
    await redis.command("CONFIG", "SET", "maxmemory", "1")
    await expect(redis.command("SET", "probe", "1")).rejects.toThrow("OOM")
  }

  test("the clock is advanced, and where it is missing it begins", async () => {
    const { era } = await subject.store.advanceTagClock()
    await full()
    expect(await subject.store.advanceTagClock()).toEqual({ era, counter: 2 })
    await redis.command("DEL", clockKey)
    expect(await subject.store.advanceTagClock()).toMatchObject({ counter: 1 })
  })

  test("an invalidation removes the tag that it cannot raise, and tells everybody", async () => {
    const tag = anotherTag()
    await make(tag)
    await full()
    const heard = await listening()
    const clock = await subject.store.advanceTagClock()
    await subject.store.invalidateTag(tag, clock)
    expect(await stateOf(tag)).toEqual({ is: "absent" })
    expect(await heard()).toEqual([{ is: "tag", key: tag.key, clock }])
  })

  test("a tag is not begun and not completed, and the caller is told", async () => {
    const [tag, half] = [anotherTag(), anotherTag()]
    const clock = await subject.store.advanceTagClock()
    const request = { incarnation: systemRandom.token(), keepMs: 60_000 }
    await subject.store.beginTag(half, { ...request, era: clock.era })
    await full()
    const refused = { code: "SERVER_REFUSED", facts: { reply: "OOM" } }
    await expect(subject.store.beginTag(tag, { ...request, era: clock.era })).rejects.toMatchObject(refused)
    await expect(subject.store.completeTag(half, { ...request, clock })).rejects.toMatchObject(refused)
    expect(await subject.store.lookTags([tag, half])).toEqual([{ is: "absent" }, { is: "half-made" }])
  })
})

test("everybody is told of a tag that is made or invalidated, absent or not, and of nothing else", async () => {
  const [made, gone] = [anotherTag(), anotherTag()]
  const heard = await listening()
  const { clock, incarnation } = await make(made)
  await subject.store.completeTag(made, { incarnation, clock, keepMs: 60_000 })
  await subject.store.completeTag(gone, { incarnation, clock, keepMs: 60_000 })
  const next = await subject.store.advanceTagClock()
  await subject.store.invalidateTag(made, next)
  await subject.store.invalidateTag(gone, next)
  expect(await heard()).toEqual([
    { is: "tag", key: made.key, clock },
    { is: "tag", key: made.key, clock: next },
    { is: "tag", key: gone.key, clock: next },
  ])
})

/** Hears the channel of the namespace from now on; the result tells what was heard until then, all of it understood. */
async function listening(): Promise<() => Promise<unknown[]>> {
  const messages: Buffer[] = []
  const client = createClient({ url: redis.url })
  await client.connect()
  await client.subscribe(`${namespace}:wake`, (message) => void messages.push(message), true)
  return async () => {
    await redis.command("PUBLISH", `${namespace}:wake`, "iend")
    await expect.poll(() => messages.at(-1)?.toString()).toBe("iend")
    client.destroy()
    return messages.slice(0, -1).map((message) => changeOf(message))
  }
}
