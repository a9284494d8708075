import { expect, test } from "vitest"
import { EntryAddress } from "../../entry/key.ts"
import { tagAddress, tagClockAddress } from "../../entry/tag-address.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { aGeneration, aSocket, refused, storeThat } from "./redis-store.fixture.ts"

const era = "0123456789abcdef".repeat(2)
const incarnation = "f".repeat(32)
const clock = { era, counter: 17 }
const tag = tagAddress("shop", "category:7")
const other = tagAddress("shop", "category:8")
const address = new EntryAddress("shop:{product:42}")
const complete = Buffer.from(`${era} 17 ${incarnation}`)

test("where all slots are on one server, tags leave together with the looks of the turn", async () => {
  const { store, sent } = storeThat(() => [Buffer.from("entry"), complete, null])
  const [bytes, tags] = await Promise.all([store.look(address), store.lookTags([tag, other])])
  expect(String(bytes)).toBe("entry")
  expect(tags).toEqual([{ is: "complete", clock }, { is: "absent" }])
  expect(sent).toMatchObject([{ name: "MGET", args: [address.value, tag.key, other.key] }])
})

test("where slots lie on several servers each tag is a GET of its own, and one of another type is absent", async () => {
  const { store, sent } = storeThat(({ args }) => (args[0] === tag.key ? refused("WRONGTYPE") : complete), {
    sharesSlots: false,
  })
  expect(await store.lookTags([tag, other])).toEqual([{ is: "absent" }, { is: "complete", clock }])
  expect(sent).toMatchObject([
    { name: "GET", args: [tag.key] },
    { name: "GET", args: [other.key] },
  ])
})

test("to look at no tags asks nobody", async () => {
  const { store, sent } = storeThat(() => null)
  expect(await store.lookTags([])).toEqual([])
  expect(sent).toEqual([])
})

test.each([
  ["readTagClock", "read"],
  ["advanceTagClock", "advance"],
] as const)("%s is asked on the socket of the run that it names", async (method, move) => {
  const { store, sent, world } = storeThat(() => Buffer.from(`${era} 17`))
  world.generation = aGeneration("run-7")
  expect(await store[method]()).toEqual(clock)
  expect(sent).toMatchObject([
    {
      name: "tag-clock",
      args: [tagClockAddress("shop").key, move, "run-7", expect.stringMatching(/^[0-9a-f]{32}$/), "0"],
    },
  ])
  expect(sent[0]?.options.generation).toBe(world.generation)
})

test("a clock whose server changes meanwhile is asked again, naming the new run and another era", async () => {
  const { store, sent, world } = storeThat(({ options }) => {
    if (options.generation?.runId === "run") {
      world.generation = aGeneration("run-2")
      return new HoldfastError("GENERATION_CHANGED", "changed.")
    }
    return Buffer.from(`${era} 17`)
  })
  expect(await store.advanceTagClock()).toEqual(clock)
  expect(sent.map(({ args }) => args[2])).toEqual(["run", "run-2"])
  expect(sent[1]?.args[3]).not.toBe(sent[0]?.args[3])
})

test("a clock whose server never stays is given up after four times", async () => {
  const { store, sent } = storeThat(() => new HoldfastError("GENERATION_CHANGED", "changed."))
  await expect(store.readTagClock()).rejects.toMatchObject({ code: "GENERATION_CHANGED" })
  expect(sent.length).toBe(4)
})

test("whether a clock was advanced that did not answer is not known, so it is not asked again", async () => {
  const { store, sent } = storeThat(() => new HoldfastError("COMMAND_TIMEOUT", "late."))
  await expect(store.advanceTagClock()).rejects.toMatchObject({ code: "COMMAND_TIMEOUT" })
  expect(sent.length).toBe(1)
})

test("before the first connection the clock waits for it", async () => {
  const { store, names, sent, world } = storeThat(({ name }) => Buffer.from(name === "PING" ? "PONG" : `${era} 17`))
  world.generation = undefined
  world.connecting = Promise.resolve(aGeneration("run-1"))
  expect(await store.advanceTagClock()).toEqual(clock)
  expect(names()).toEqual(["PING", "tag-clock"])
  expect(sent[1]?.args[2]).toBe("run-1")
})

test("where no connection stays the clock is refused", async () => {
  const { store, world } = storeThat(() => Buffer.from("PONG"))
  world.generation = undefined
  await expect(store.advanceTagClock()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" })
})

const begin = { incarnation, era, keepMs: 1000 }

test("begin answers what the tag holds", async () => {
  const { store } = storeThat(({ args }) => (args[0] === tag.key ? complete : Buffer.from(`- 0 ${"e".repeat(32)}`)))
  expect(await store.beginTag(tag, begin)).toEqual({ is: "complete", clock })
  expect(await store.beginTag(other, begin)).toEqual({ is: "half-made", incarnation: "e".repeat(32) })
})

test("tags are told on the wake channel, and lives are whole milliseconds", async () => {
  const { store, sent } = storeThat(({ name }) => Buffer.from(name === "complete-tag" ? "complete" : "invalidated"))
  await store.completeTag(tag, { incarnation, clock, keepMs: 0.5 })
  await store.invalidateTag(tag, clock)
  expect(sent).toMatchObject([
    { name: "complete-tag", args: [tag.key, incarnation, era, "17", "1", "shop:wake"] },
    { name: "invalidate-tag", args: [tag.key, era, "17", "shop:wake"] },
  ])
})

test("what is told of tags wakes nobody who waits for an entry", () => {
  const { store, listeners } = storeThat(() => null)
  const reasons: string[] = []
  store.onWake(address, (reason) => void reasons.push(reason))
  for (const listener of listeners) {
    listener(Buffer.from(`t${era} 17 ${address.value}`), () => true, aSocket)
    listener(Buffer.from(`t${address.value}`), () => true, aSocket)
  }
  expect(reasons).toEqual([])
})

test.each([
  ["readTagClock", "tag-clock"],
  ["advanceTagClock", "tag-clock"],
  ["beginTag", "begin-tag"],
  ["completeTag", "complete-tag"],
  ["invalidateTag", "invalidate-tag"],
] as const)("%s distrusts the connection if the answer is none of its own", async (method, script) => {
  const { store, distrusted, world } = storeThat(() => Buffer.from("stored"))
  const calls = {
    readTagClock: () => store.readTagClock(),
    advanceTagClock: () => store.advanceTagClock(),
    beginTag: () => store.beginTag(tag, begin),
    completeTag: () => store.completeTag(tag, { incarnation, clock, keepMs: 1000 }),
    invalidateTag: () => store.invalidateTag(tag, clock),
  }
  await expect(calls[method]()).rejects.toMatchObject({ code: "SERVER_REFUSED", facts: { command: script } })
  expect(distrusted).toEqual([[`a reply to ${script} was none of its answers`, world.generation]])
})
