import { expect, test } from "vitest"
import { gatedSource, testBed } from "./cache.fixture.ts"

const policy = { name: "item", ttl: "10s", jitter: "0%" } as const

test("a loader gives an entry tags besides those of its cache, and an absence too", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({
    ...policy,
    load: (id: string, { entry }) => {
      entry.tags("shelf:1")
      entry.tags("shelf:2", "shelf:1")
      return id === "none" ? undefined : id
    },
    tags: () => ["own"],
  })
  for (const id of ["a", "none"]) {
    await cache.get(id)
    const { tags } = await cache.explain(id)
    expect(tags?.map(({ tag }) => tag)).toEqual(["own", "shelf:1", "shelf:2"])
  }
  const { loads } = cache.stats()
  await holdfast.invalidateTags(["shelf:2"])
  await cache.get("a")
  await cache.get("none")
  expect(cache.stats().loads).toBe(loads + 2)
})

test("a tag that is known only from the loader, and was invalidated meanwhile, keeps its entry from being served", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({
    ...policy,
    load: (id: string, context) => {
      context.entry.tags("late")
      return source.load(id, context)
    },
  })
  const first = cache.get("a")
  await clock.settle()
  await holdfast.invalidateTags(["late"])
  source.calls[0]?.gate.resolve("old")
  expect(await first).toBe("old")
  const second = cache.get("a")
  await clock.settle()
  source.calls[1]?.gate.resolve("new")
  expect(await second).toBe("new")
})

test.each([[""], ["x".repeat(513)], [5 as never]])(
  "a tag that is none is refused where it is given: %j",
  async (wrong) => {
    const { holdfast } = testBed()
    const cache = holdfast.cache({ ...policy, load: (_id: string, { entry }) => (entry.tags(wrong), "v") })
    await expect(cache.get("a")).rejects.toMatchObject({ code: "INVALID_TAG" })
  },
)
