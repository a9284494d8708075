import { expect, test } from "vitest"
import { EventAddress } from "../entry/event-address.ts"
import { byKeys, byTags, TaggedRow, type Renamed, type Rules } from "./unknown-tags.fixture.ts"

const address = new EventAddress("shop", "renamed")

/** A process with a cache that has rules, and with one that has none. */
function start(world: TaggedRow, rules: Rules) {
  const holdfast = world.bed.process()
  const event = holdfast.event<Renamed>("renamed")
  const tagged = world.cache(holdfast, "tagged")
  const ruled = world.cache(holdfast, "ruled", rules(event))
  return { holdfast, event, tagged, ruled }
}

/** A service that has an entry in each cache, and is down. */
async function stopped(world: TaggedRow, rules: Rules): Promise<void> {
  const { holdfast, tagged, ruled } = start(world, rules)
  await world.bed.clock.settle()
  expect([await tagged.get("x"), await ruled.get("x")]).toEqual(["old", "old"])
  await holdfast.close()
}

async function change(world: TaggedRow, ...categories: readonly string[]): Promise<void> {
  world.row = "new"
  const publisher = world.bed.process("publisher")
  const event = publisher.event<Renamed>("renamed", { namespace: "shop" })
  for (const category of categories) await event.publish({ category })
  await publisher.close()
}

const unreadable = async ({ bed }: TaggedRow): Promise<unknown> =>
  bed.memory.events?.publish(address, { id: "x", data: "{" }, { keepMs: 60_000, maxEvents: 10 })

test.each<[string, Rules, readonly string[], (world: TaggedRow) => unknown]>([
  ["trimmed away", byTags, ["7"], ({ bed }) => bed.memory.evict(address.key)],
  ["lost with its server", byTags, ["7"], ({ bed }) => bed.memory.evict(address.head)],
  ["before a place that was lost", byTags, ["7"], ({ bed }) => bed.memory.evict(address.reader("shop#cache#ruled"))],
  ["beside one that cannot be decoded", byTags, ["7"], unreadable],
  ["beside one for which its rule throws", byTags, ["7", "throws"], () => {}],
  ["beside one for which its rule names no tag", byTags, ["7", "no tag"], () => {}],
  ["beside one for which another rule names no key", (e) => [...byKeys(e), ...byTags(e)], ["7", "no key"], () => {}],
])(
  "what an event names that is %s is old in no cache once a service has caught up",
  async (_, rules, names, happen) => {
    const world = new TaggedRow()
    const { clock } = world.bed
    await stopped(world, rules)
    await change(world, ...names)
    await happen(world)
    world.bed.reported.length = 0
    const { holdfast, event, tagged, ruled } = start(world, rules)
    await clock.runUntil(holdfast.caughtUp({ timeout: "20s" }))
    expect([await tagged.get("x"), await ruled.get("x")]).toEqual(["new", "new"])
    await clock.advance(10_000)
    expect(world.cleared).toEqual({ tagged: 1, ruled: 1, sweep: 0 })
    // And it goes on from there, by tags.
    world.row = "newer"
    await event.publish({ category: "7" })
    await clock.settle()
    expect([await tagged.get("x"), await ruled.get("x")]).toEqual(["newer", "newer"])
    await clock.advance(10_000)
    expect(world.cleared).toEqual({ tagged: 1, ruled: 1, sweep: 0 })
    await holdfast.close()
  },
)

test("events that are there and can be read clear nothing", async () => {
  const world = new TaggedRow()
  await stopped(world, byTags)
  await change(world, "7", "8")
  world.bed.reported.length = 0
  const { holdfast, tagged, ruled } = start(world, byTags)
  await world.bed.clock.runUntil(holdfast.caughtUp({ timeout: "20s" }))
  expect([await tagged.get("x"), await ruled.get("x")]).toEqual(["new", "new"])
  await world.bed.clock.advance(10_000)
  expect(world.cleared).toEqual({})
  await holdfast.close()
})

test.each<[string, readonly string[], (world: TaggedRow) => unknown]>([
  ["trimmed", ["x"], ({ bed }) => bed.memory.evict(address.key)],
  ["unreadable", ["x"], unreadable],
  ["one for which the rule throws", ["throws"], () => {}],
])("events of a cache with rules by keys only that are %s clear that cache and no other", async (_, names, happen) => {
  const world = new TaggedRow()
  await stopped(world, byKeys)
  await change(world, ...names)
  await happen(world)
  world.bed.reported.length = 0
  const { holdfast, tagged, ruled } = start(world, byKeys)
  await world.bed.clock.runUntil(holdfast.caughtUp({ timeout: "20s" }))
  await world.bed.clock.advance(10_000)
  expect([await tagged.get("x"), await ruled.get("x")]).toEqual(["old", "new"])
  expect(world.cleared).toEqual({ ruled: 1 })
  await holdfast.close()
})

test("caches that only other processes have follow in the background", async () => {
  const world = new TaggedRow()
  const { clock } = world.bed
  await stopped(world, byTags)
  const other = world.cache(world.bed.process(), "tagged")
  const elsewhere = world.cache(world.bed.process("elsewhere"), "tagged")
  expect([await other.get("x"), await elsewhere.get("x")]).toEqual(["old", "old"])
  await change(world, "7")
  world.bed.memory.evict(address.key)
  world.bed.reported.length = 0
  const holdfast = world.bed.process()
  world.cache(holdfast, "ruled", byTags(holdfast.event<Renamed>("renamed")))
  await clock.runUntil(holdfast.caughtUp({ timeout: "20s" }))
  await clock.advance(2000)
  expect([await other.get("x"), await elsewhere.get("x")]).toEqual(["new", "old"])
  expect(world.cleared).toEqual({ ruled: 1, sweep: 1 })
  await holdfast.close()
})

test("a cache that is made after the gap, before the others are found, is read as one that was cleared", async () => {
  const world = new TaggedRow()
  await stopped(world, byTags)
  await change(world, "7")
  world.bed.memory.evict(address.key)
  const holdfast = world.bed.process()
  world.cache(holdfast, "ruled", byTags(holdfast.event<Renamed>("renamed")))
  await world.bed.clock.runUntil(holdfast.caughtUp({ timeout: "20s" }))
  const tagged = world.cache(holdfast, "tagged")
  expect(await tagged.get("x")).toBe("new")
  await holdfast.close()
})

test("a gap is passed only once the store knows that the other caches were cleared", async () => {
  const world = new TaggedRow()
  const { clock, memory } = world.bed
  const invalidateTag = memory.invalidateTag.bind(memory)
  let isFull = true
  memory.invalidateTag = async (tag, time) => {
    if (isFull && tag.key.includes("clear#tagged")) throw new Error("not now")
    return invalidateTag(tag, time)
  }
  const { holdfast, event } = start(world, byTags)
  await clock.advance(10_000)
  expect(event.stats().readers[0]).toMatchObject({ position: undefined, lag: undefined })
  isFull = false
  await clock.advance(20_000)
  expect(event.stats().readers[0]).toMatchObject({ position: "0-0", lag: 0 })
  await holdfast.close()
})
