import { expect, test } from "vitest"
import type { DomainEvent, EventOptions } from "../contracts/domain-event.ts"
import type { ReadThroughCache } from "../cache/cache-kinds.ts"
import type { Holdfast } from "../cache/holdfast.ts"
import { EventAddress } from "../entry/event-address.ts"
import { eventBed, type EventBed } from "./events.fixture.ts"

interface Product {
  readonly id: string
}

/** A source whose rows are what was written last, and a service that caches them. */
class Shop {
  readonly rows = new Map<string, string>([
    ["1", "a"],
    ["2", "b"],
  ])
  readonly bed: EventBed

  constructor(bed: EventBed) {
    this.bed = bed
  }

  /** A process that caches rows; the first one clears what it may have missed. */
  async service(options?: EventOptions<Product>): Promise<Service> {
    const holdfast = this.bed.process()
    const event = holdfast.event<Product>("product.updated", options)
    const load = async (id: string): Promise<string | undefined> => this.rows.get(id)
    const cache = holdfast.cache({
      name: "product",
      ttl: "1h",
      local: false,
      load,
      invalidateOn: [event.keys(({ id }) => [id])],
    })
    await this.bed.clock.settle()
    return { holdfast, event, cache }
  }
}

interface Service {
  readonly holdfast: Holdfast
  readonly event: DomainEvent<Product>
  readonly cache: ReadThroughCache<string, string>
}

const clears = (bed: EventBed): number => bed.reported.filter(({ name }) => name === "clear").length
const gaps = (bed: EventBed): readonly string[] =>
  bed.reported.flatMap((event) => (event.name === "event-gap" ? [event.why] : []))

test("an event invalidates the keys that its rule names, and no others", async () => {
  const bed = eventBed()
  const shop = new Shop(bed)
  const { cache, event, holdfast } = await shop.service()
  expect([await cache.get("1"), await cache.get("2")]).toEqual(["a", "b"])
  shop.rows.set("1", "A").set("2", "B")
  const published = await event.publish({ id: "1" })
  expect(published).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/) as string, delivered: true })
  await bed.clock.settle()
  expect([await cache.get("1"), await cache.get("2")]).toEqual(["A", "b"])
  const [reader] = event.stats().readers
  expect(reader).toMatchObject({ reader: "product", kind: "cache", isReading: true, handled: 1, lag: 0, lagMs: 0 })
  await holdfast.close()
})

test("an event invalidates tags of other caches, too", async () => {
  const bed = eventBed()
  const holdfast = bed.process()
  const event = holdfast.event<{ category: string }>("category.renamed")
  let loads = 0
  const options = {
    ttl: "1h",
    local: false,
    load: async (id: string) => `${id} ${(loads += 1)}`,
    tags: () => ["c:7"],
  } as const
  const tagged = holdfast.cache({ name: "tagged", ...options })
  holdfast.cache({ name: "other", ...options, invalidateOn: [event.tags(({ category }) => [`c:${category}`])] })
  await bed.clock.settle()
  expect(await tagged.get("x")).toBe("x 1")
  await event.publish({ category: "8" })
  await bed.clock.settle()
  expect(await tagged.get("x")).toBe("x 1")
  await event.publish({ category: "7" })
  await bed.clock.settle()
  expect(await tagged.get("x")).toBe("x 2")
  await holdfast.close()
})

test("a service that was down catches up when it starts, without clearing anything", async () => {
  const bed = eventBed()
  const shop = new Shop(bed)
  const publisher = bed.process("catalog")
  const from = { namespace: "catalog" }
  const updated = publisher.event<Product>("product.updated")
  const before = await shop.service(from)
  await before.cache.get("1")
  await before.cache.get("2")
  await before.holdfast.close()
  const cleared = clears(bed)
  shop.rows.set("1", "A")
  await updated.publish({ id: "1" })
  await bed.clock.advance(3_600_000 / 2)
  const after = await shop.service(from)
  expect([await after.cache.get("1"), await after.cache.get("2")]).toEqual(["A", "b"])
  expect(clears(bed)).toBe(cleared)
  expect(after.event.stats().readers[0]).toMatchObject({ handled: 1, gaps: 0 })
  await Promise.all([after.holdfast.close(), publisher.close()])
})

test("the very first start clears the cache: events may have been missed before", async () => {
  const bed = eventBed()
  const shop = new Shop(bed)
  const { holdfast } = await shop.service()
  expect(gaps(bed)).toEqual(["unknown"])
  expect(clears(bed)).toBe(1)
  await holdfast.close()
})

test.each([
  ["trimmed", (address: EventAddress) => address.key],
  ["lost", (address: EventAddress) => address.head],
  ["unknown", (address: EventAddress) => address.reader("shop#cache#product")],
])("a stream that was %s is noticed, and the cache is cleared", async (why, keyOf) => {
  const bed = eventBed()
  const shop = new Shop(bed)
  const { holdfast, event, cache } = await shop.service()
  const publisher = bed.process()
  const updated = publisher.event<Product>("product.updated")
  await cache.get("1")
  await holdfast.close()
  shop.rows.set("1", "A").set("2", "B")
  await updated.publish({ id: "1" })
  bed.memory.evict(keyOf(new EventAddress("shop", "product.updated")))
  bed.reported.length = 0
  const next = await shop.service()
  expect(await next.cache.get("1")).toBe("A")
  expect(gaps(bed)).toContain(why)
  expect(clears(bed)).toBe(1)
  expect(event.stats().published).toBe(0)
  // And it goes on from there.
  shop.rows.set("1", "AA")
  await next.event.publish({ id: "1" })
  await bed.clock.settle()
  expect(await next.cache.get("1")).toBe("AA")
  expect(clears(bed)).toBe(1)
  await next.holdfast.close()
})

test("of several processes one invalidates, and another goes on when it closes or dies", async () => {
  const bed = eventBed()
  const shop = new Shop(bed)
  const first = await shop.service()
  const second = await shop.service()
  const reading = (): readonly (boolean | undefined)[] =>
    [first, second].map(({ event }) => event.stats().readers[0]?.isReading)
  expect(reading()).toEqual([true, false])
  await first.event.publish({ id: "1" })
  await bed.clock.settle()
  expect(second.cache.stats().invalidations).toBe(0)
  await first.holdfast.close()
  await bed.clock.settle()
  expect(reading()).toEqual([false, true])
  await second.event.publish({ id: "2" })
  await bed.clock.settle()
  expect(second.cache.stats().invalidations).toBe(1)
  await second.holdfast.close()
})

test("the process that reads may die: its lease ends", async () => {
  const bed = eventBed()
  const shop = new Shop(bed)
  const address = new EventAddress("shop", "product.updated")
  const dead = {
    reader: "shop#cache#product",
    token: "d".repeat(32),
    limit: 1,
    reached: undefined,
    after: undefined,
    keepMs: 86_400_000,
  }
  await bed.memory.events?.read(address, { ...dead, leaseMs: 8000 })
  const { holdfast, event, cache } = await shop.service()
  await cache.get("1")
  shop.rows.set("1", "A")
  await event.publish({ id: "1" })
  await bed.clock.advance(7000)
  expect(await cache.get("1")).toBe("a")
  await bed.clock.advance(4000)
  expect(await cache.get("1")).toBe("A")
  await holdfast.close()
})

test("news that are lost cost two seconds, and what cannot be told is told again", async () => {
  const bed = eventBed()
  const shop = new Shop(bed)
  const { holdfast, event, cache } = await shop.service()
  const elsewhere = bed.process("elsewhere").event<Product>("product.updated", { namespace: "shop" })
  await cache.get("1")
  shop.rows.set("1", "A")
  await elsewhere.publish({ id: "1" })
  bed.isAway = true
  await bed.clock.advance(1000)
  expect(event.stats().readers[0]?.position).toBeDefined()
  bed.isAway = false
  await bed.clock.advance(12_000)
  expect(await cache.get("1")).toBe("A")
  expect(event.stats().readers[0]).toMatchObject({ lag: 0, gaps: 1 })
  await holdfast.close()
})

test("an event that nobody can read, and a rule that throws or answers nonsense, clear the cache", async () => {
  const bed = eventBed()
  const holdfast = bed.process()
  const event = holdfast.event<Product>("product.updated")
  const rule = event.keys(({ id }): string[] => {
    if (id === "throw") throw new Error("the rule is broken")
    return id === "nothing" ? (undefined as never) : [id === "no key" ? (Number.NaN as never) : id]
  })
  const cache = holdfast.cache({ name: "product", ttl: "1h", load: async (id: string) => id, invalidateOn: [rule] })
  await bed.clock.settle()
  expect(clears(bed)).toBe(1)
  for (const [at, id] of ["throw", "nothing", "no key"].entries()) {
    await event.publish({ id })
    await bed.clock.settle()
    expect(clears(bed), id).toBe(at + 2)
  }
  const address = new EventAddress("shop", "product.updated")
  await bed.memory.events?.publish(address, { id: "x", data: "{" }, { keepMs: 1000, maxEvents: 10 })
  await bed.clock.settle()
  expect(clears(bed)).toBe(5)
  await event.publish({ id: "fine" })
  await bed.clock.settle()
  expect(clears(bed)).toBe(5)
  expect(cache.stats().invalidations).toBeGreaterThan(0)
  expect(event.stats().readers[0]).toMatchObject({ unreadable: 4, lag: 0 })
  const why = bed.reported.flatMap((each) => (each.name === "event-unreadable" ? [each.why] : []))
  expect(why).toEqual(["rule", "rule", "rule", "codec"])
  await holdfast.close()
})

test("a key without a group, in a cache with groups, clears the cache as a key that is none does", async () => {
  const bed = eventBed()
  const holdfast = bed.process()
  const event = holdfast.event<Product>("product.updated")
  const invalidateOn = [event.keys(({ id }) => [id])]
  const load = async (id: string): Promise<string> => id
  holdfast.cache({ name: "product", ttl: "1h", load, group: (id) => (id === "none" ? "" : id), invalidateOn })
  await bed.clock.settle()
  await event.publish({ id: "none" })
  await bed.clock.settle()
  expect(event.stats().readers[0]).toMatchObject({ unreadable: 1, lag: 0 })
  await holdfast.close()
})

test("a reader that cannot tell the store is behind, and health says so", async () => {
  const bed = eventBed()
  const shop = new Shop(bed)
  const { holdfast, event, cache } = await shop.service()
  await cache.get("1")
  let isFull = true
  const invalidate = bed.memory.invalidate.bind(bed.memory)
  bed.memory.invalidate = async (address, request) => {
    if (isFull) throw new Error("not now")
    return invalidate(address, request)
  }
  await event.publish({ id: "1" })
  await event.publish({ id: "2" })
  await bed.clock.advance(20_000)
  const [reader] = event.stats().readers
  expect(reader).toMatchObject({ lag: 2, handled: 0 })
  expect(reader?.lagMs).toBeGreaterThan(14_000)
  const { status, events } = await holdfast.health()
  expect(status).toBe("degraded")
  expect(events[0]).toMatch(/^The cache "product" is \d+ s behind "product.updated": 2 events wait\.$/)
  isFull = false
  await bed.clock.advance(10_000)
  expect(event.stats().readers[0]).toMatchObject({ lag: 0, lagMs: 0, handled: 2 })
  expect((await holdfast.health()).events).toEqual([])
  await holdfast.close()
})

test("a gap is passed only once the store knows that the cache was cleared", async () => {
  const bed = eventBed()
  const invalidateTag = bed.memory.invalidateTag.bind(bed.memory)
  let isFull = true
  bed.memory.invalidateTag = async (tag, clock) => {
    if (isFull) throw new Error("not now")
    return invalidateTag(tag, clock)
  }
  const { holdfast, event } = await new Shop(bed).service()
  await bed.clock.advance(10_000)
  expect(event.stats().readers[0]).toMatchObject({ position: undefined, lag: undefined })
  isFull = false
  await bed.clock.advance(20_000)
  expect(event.stats().readers[0]).toMatchObject({ position: "0-0", lag: 0 })
  await holdfast.close()
})
