import { expect, test } from "vitest"
import type { Loss } from "../contracts/losses.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import { entryAddress } from "../entry/key.ts"
import { tagAddress } from "../entry/tag-address.ts"
import { memoryStore } from "../stores/memory/memory-store.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { overriding } from "./cache.fixture.ts"
import type { Delivery } from "./invalidator.ts"
import { Journal } from "./journal.ts"
import { NamespaceClear } from "./namespace-clear.ts"
import { Replayer } from "./replayer.ts"
import { Sweeper } from "./sweeps/sweeper.ts"
import { TagTable } from "./tags/tag-table.ts"

const closed = { isOpen: false, isAllLost: false }
const open = { isOpen: true, isAllLost: false }
const node = { host: "h", port: 1 }
const key = (id: string): Loss["invalidations"][number] => ({
  address: entryAddress("shop", "product", id),
  request: { mode: "drop", version: undefined, tombstoneMs: 1000, graceMs: 0 },
})

function bed(limit = 100) {
  const clock = virtualClock()
  const told: string[] = []
  const events: HoldfastEvent[] = []
  const store = overriding(memoryStore({ clock }), { invalidate: async ({ value }) => void told.push(value) })
  const tagTable = new TagTable({ namespace: "shop", store, clock })
  const tellTags: ConstructorParameters<typeof Journal>[0]["tellTags"] = async (tags) => {
    told.push(...tags.map((each) => each.key))
    return []
  }
  const journal = new Journal({ store, tellTags, clock, random: seededRandom(1), limit, report: undefined })
  const clear = async (): Promise<Delivery> => ({ delivered: true })
  const caches = new Map(["product", "basket"].map((name) => [name, { clear }]))
  const report = (event: HoldfastEvent): void => void events.push(event)
  const random = seededRandom(1)
  const sweeper = new Sweeper("shop", store, clock)
  const shared = { journal, tagTable, report }
  const clearing = new NamespaceClear({ ...shared, namespace: "shop", caches, sweeper, clock, random })
  const replayer = new Replayer(shared, clearing)
  return { clock, journal, replayer, told, events }
}

test("what was lost is read from the source until the store has been told again", async () => {
  const { clock, journal, replayer, told, events } = bed()
  replayer.replay({ node, invalidations: [key("1"), { tag: tagAddress("shop", "t") }], ...closed })
  expect([journal.holds("shop:{product:1}"), journal.holds("shop:{tag#t}")]).toEqual([true, true])
  await clock.advance(1000)
  expect(told.sort()).toEqual(["shop:{product:1}", "shop:{tag#t}"])
  expect(journal.size).toBe(0)
  expect(events).toEqual([{ name: "replay", node, keys: 1, tags: 1, cleared: 0 }])
})

test("where more was lost than is remembered, every cache is cleared as well", async () => {
  const { journal, replayer, events } = bed()
  replayer.replay({ node, invalidations: [key("1")], ...open })
  expect(journal.holds("shop:{clear#product}") && journal.holds("shop:{clear#basket}")).toBe(true)
  expect(events).toEqual([{ name: "replay", node, keys: 1, tags: 0, cleared: 2 }])
})

test("what the journal has no room for is covered by clearing", async () => {
  const { clock, journal, replayer, events } = bed(1)
  replayer.replay({ node, invalidations: [key("1"), key("2")], ...closed })
  expect(journal.holds("shop:{clear#product}") && journal.holds("shop:{clear#basket}")).toBe(true)
  expect(events).toEqual([{ name: "replay", node, keys: 1, tags: 0, cleared: 2 }])
  await clock.advance(1000)
  expect(events).toContainEqual({ name: "replay-sweep", cleared: 0 })
})

test("where all is to count as lost every cache of this process is cleared, and no sweep looks for others", async () => {
  const { clock, journal, replayer, events } = bed()
  replayer.replay({ node, invalidations: [], isOpen: false, isAllLost: true })
  expect(journal.holds("shop:{clear#product}") && journal.holds("shop:{clear#basket}")).toBe(true)
  await clock.advance(120_000)
  expect(events.map(({ name }) => name).filter((name) => name !== "undelivered")).toEqual(["replay"])
})

test("after the end nothing is replayed", async () => {
  const { journal, replayer } = bed()
  await journal.close(0)
  replayer.replay({ node, invalidations: [key("1")], ...open })
  expect(journal.size).toBe(0)
})
