import { expect, test } from "vitest"
import type { EventChannel } from "../contracts/domain-event.ts"
import type { ChannelHearer } from "../contracts/event-stream.ts"
import type { Holdfast } from "../cache/holdfast.ts"
import { deferred } from "../internal/deferred.ts"
import { byKeys, byTags, keysOf, tagsOf, TaggedRow, type Renamed, type Rules } from "./unknown-tags.fixture.ts"

interface Hearing {
  readonly world: TaggedRow
  readonly speaker: ChannelHearer
  readonly holdfast: Holdfast
  readonly channel: EventChannel<Renamed>
  /** What the caches answer for one key: of that without rules, and of the first that has some. */
  readonly read: () => Promise<readonly (string | undefined)[]>
}

/** A process that hears a channel with caches that have these rules, after its start; each of its caches has an entry. */
async function hearing(...rules: readonly Rules[]): Promise<Hearing> {
  const world = new TaggedRow()
  const speaker = world.openChannel()
  const holdfast = world.bed.process()
  const channel = holdfast.channel<Renamed>("legacy")
  const tagged = world.cache(holdfast, "tagged")
  const [ruled] = rules.map((each, at) => world.cache(holdfast, `ruled${at}`, each(channel)))
  speaker.began()
  await world.bed.clock.advance(10_000)
  const read = (): ReturnType<Hearing["read"]> => Promise.all([tagged.get("x"), ruled?.get("x")])
  expect(await read()).toEqual(["old", "old"])
  world.row = "new"
  world.bed.reported.length = 0
  return { world, speaker, holdfast, channel, read }
}

const message = (category: string): Buffer => Buffer.from(JSON.stringify({ category }))

const both: Rules = (input) => [input.keys(keysOf), input.tags(tagsOf)]

test.each<[string, Rules, (speaker: ChannelHearer) => void]>([
  ["may have been missed", byTags, (speaker) => speaker.began()],
  ["cannot be decoded", byTags, (speaker) => speaker.heard(Buffer.from("{"))],
  ["makes its rule throw", byTags, (speaker) => speaker.heard(message("throws"))],
  ["makes its rule name no tag", byTags, (speaker) => speaker.heard(message("no tag"))],
  ["makes another rule name no key", both, (speaker) => speaker.heard(message("no key"))],
])("a message that %s leaves nothing old in any cache", async (_, rules, happen) => {
  const { world, speaker, holdfast, read } = await hearing(rules)
  happen(speaker)
  await world.bed.clock.settle()
  expect(await read()).toEqual(["new", "new"])
  await world.bed.clock.advance(10_000)
  expect(world.cleared).toEqual({ tagged: 1, ruled0: 1, sweep: 0 })
  await holdfast.close()
})

test("what two caches with rules by tags depend on is cleared once for both", async () => {
  const { world, speaker, holdfast } = await hearing(byTags, byTags)
  speaker.began()
  await world.bed.clock.advance(10_000)
  expect(world.cleared).toEqual({ tagged: 1, ruled0: 1, ruled1: 1, sweep: 0 })
  await holdfast.close()
})

test.each<[string, (speaker: ChannelHearer) => void]>([
  ["may have been missed", (speaker) => speaker.began()],
  ["cannot be decoded", (speaker) => speaker.heard(Buffer.from("{"))],
  ["makes its rule throw", (speaker) => speaker.heard(message("throws"))],
])("with rules by keys only, a message that %s clears the caches that have them", async (_, happen) => {
  const { world, speaker, holdfast, read } = await hearing(byKeys, byKeys)
  happen(speaker)
  await world.bed.clock.advance(10_000)
  expect(await read()).toEqual(["old", "new"])
  expect(world.cleared).toEqual({ ruled0: 1, ruled1: 1 })
  await holdfast.close()
})

test("a cache that is made when the channel is heard has missed what the others have", async () => {
  const { world, holdfast, channel, read } = await hearing(byKeys)
  world.cache(holdfast, "late", byTags(channel))
  await world.bed.clock.settle()
  expect(await read()).toEqual(["new", "new"])
  expect(world.cleared).toEqual({ tagged: 1, ruled0: 1, late: 1 })
  world.bed.reported.length = 0
  world.cache(holdfast, "later", byKeys(channel))
  await world.bed.clock.settle()
  expect(world.cleared).toEqual({ later: 1 })
  await holdfast.close()
})

test("a message names tags of every cache, and clears none", async () => {
  const { world, speaker, holdfast, read } = await hearing(byTags)
  speaker.heard(message("8"))
  await world.bed.clock.settle()
  expect(await read()).toEqual(["old", "old"])
  speaker.heard(message("7"))
  await world.bed.clock.settle()
  expect(await read()).toEqual(["new", "new"])
  expect(world.cleared).toEqual({})
  await holdfast.close()
})

test("caches that only other processes have follow in the background", async () => {
  const { world, speaker, holdfast } = await hearing(byTags)
  world.row = "old"
  const other = world.cache(world.bed.process(), "other")
  expect(await other.get("x")).toBe("old")
  world.row = "new"
  speaker.began()
  await world.bed.clock.advance(2000)
  expect(await other.get("x")).toBe("new")
  expect(world.cleared).toMatchObject({ sweep: 1 })
  await holdfast.close()
})

test.each([
  ["keys", byKeys],
  ["tags", byTags],
] as const)(
  "a cache with %s that is made in the work of a unit is cleared for what it has missed while the unit is open",
  async (_, rules) => {
    const { world, holdfast, channel } = await hearing(byTags)
    const gate = deferred<void>()
    const working = holdfast.afterCommit(async () => {
      world.cache(holdfast, "late", rules(channel))
      await gate.promise
    })
    await world.bed.clock.settle()
    expect(world.cleared).toMatchObject({ late: 1 })
    expect(world.bed.reported.filter(({ name }) => name === "store-error")).toEqual([])
    gate.resolve()
    await working
    await holdfast.close()
  },
)
