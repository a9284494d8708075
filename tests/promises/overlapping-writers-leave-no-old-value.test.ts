import { expect, test } from "vitest"
import { shows } from "../holes/shows.ts"
import { useStage } from "../stage.ts"
import { interleavings, play } from "./interleavings.ts"
import { Play } from "./plays.ts"

const stage = useStage()

test(shows("H19", "two writers in two processes, in every order of opening, committing and closing"), async () => {
  const [a, b, c] = await Promise.all([stage.worker("a"), stage.worker("b"), stage.worker("c")])
  const orders = [...interleavings([3, 3])]
  expect(orders).toHaveLength(20)
  for (const order of orders) {
    const the = new Play(stage.key())
    await play([the.writer(a), the.writer(b)], order, () => the.look(c))
    expect(await the.complaints([a, b, c], `writers ${order.join("")}`)).toEqual([])
  }
})

test("two writers and a slow load in a third, in every order", async () => {
  const [a, b, c] = await stage.trio()
  let answers = 0
  const orders = [...interleavings([3, 3, 2])]
  for (const order of orders) {
    const the = new Play(stage.key())
    await play([the.writer(a), the.writer(b), the.loader(c)], order, async () => {})
    expect(await the.complaints([a, b, c], `writers 0 and 1, loader 2: ${order.join("")}`)).toEqual([])
    answers += the.oracle.answers
  }
  console.log(`${orders.length} orders of two writers and a load: ${answers} loads judged, none stale`)
})

test("a writer and an invalidation, in every order, with an older value in the store", async () => {
  const [a, b, c] = await stage.trio()
  for (const order of interleavings([3, 2])) {
    const the = new Play(stage.key())
    await c.call("commit", the.key)
    expect(await c.call("get", the.key)).toBe(1)
    await play([the.writer(a), the.invalidator(b)], order, () => the.look(c))
    expect(await the.complaints([a, b, c], `writer 0, invalidation 1: ${order.join("")}`)).toEqual([])
  }
})

test("a lone writer's value is stored, and nobody loads", async () => {
  const [a, b] = await stage.trio()
  const key = stage.key()
  expect(await a.call("write", key)).toEqual({ version: 1, stored: true, delivered: true })
  expect(await b.call("get", key)).toBe(1)
  expect(await b.call("loads", key)).toBe(0)
})

test("a writer that throws invalidates, and leaves nothing that keeps the next value from being stored", async () => {
  const { holdfast } = await stage.actor()
  let row = "old"
  const cache = holdfast.cache({ name: "throws", ttl: "60s", load: async (_key: string) => row })
  expect(await cache.get("a")).toBe("old")
  const failure = new Error("the answer to the commit was lost")
  const writing = cache.write("a", () => {
    row = "committed all the same"
    throw failure
  })
  await expect(writing).rejects.toBe(failure)
  expect((await cache.explain("a")).windows).toEqual([])
  expect(await cache.get("a")).toBe("committed all the same")
  expect(await cache.write("a", () => (row = "new"))).toEqual({ value: "new", stored: true, delivered: true })
  expect(await cache.get("a")).toBe("new")
})
