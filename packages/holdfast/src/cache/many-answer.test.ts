import { expect, test } from "vitest"
import type { BatchPartialError } from "../errors/batch-partial-error.ts"
import { testBed } from "./cache.fixture.ts"

interface Row {
  readonly tenant: string
  readonly id: number
}

const policy = { ttl: "10s", jitter: "0%" } as const
const load = async ([tenant, id]: readonly [string, number]): Promise<Row> => ({ tenant, id })

test("keys of a Map are matched by what they say, and those that were not asked for are ignored", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({
    name: "row",
    ...policy,
    load,
    loadMany: (keys) =>
      new Map([
        [["other", 9] as const, { tenant: "other", id: 9 }],
        ...keys.map(([tenant, id]) => [[tenant, id] as const, { tenant, id }] as const).reverse(),
      ]),
  })
  const keys = [["acme", 1] as const, ["acme", 2] as const]
  const rows = [
    { tenant: "acme", id: 1 },
    { tenant: "acme", id: 2 },
  ]
  expect(await cache.getMany(keys)).toEqual(rows)
  expect(await cache.peek(["other", 9])).toBeUndefined()
  expect(cache.stats()).toMatchObject({ loads: 2, fills: 2 })
})

test("rows come in any order and with gaps, and keyOf tells where they belong", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({
    name: "row",
    ...policy,
    load,
    loadMany: async () => [
      { tenant: "acme", id: 2 },
      undefined,
      { tenant: "x", id: 0 },
      null,
      { tenant: "acme", id: 1 },
    ],
    keyOf: ({ tenant, id }) => [tenant, id],
  })
  const keys = [1, 2, 3].map((id) => ["acme", id] as const)
  expect(await cache.getMany(keys)).toEqual([{ tenant: "acme", id: 1 }, { tenant: "acme", id: 2 }, undefined])
})

const row = { tenant: "acme", id: 1 }

test.each([
  ["an array without keyOf", [row]],
  ["nothing", undefined],
  ["an object by key", { acme: row }],
  ["a Set", new Set([row])],
  ["a text", "rows"],
  ["something that can only be asked key by key", { get: () => row }],
  [
    "two keys that say the same",
    new Map([
      [["acme", 1], row],
      [["acme", "1"], row],
    ]),
  ],
  ["a key that is none", new Map([[undefined, row]])],
])("an answer that leaves a key's value open is refused: %s", async (_what, answer) => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ name: "row", ...policy, load, loadMany: () => answer as never })
  await expect(cache.getMany([["acme", 1]])).rejects.toMatchObject({
    code: "BATCH_PARTIAL",
    cause: { code: "INVALID_LOAD_RESULT", facts: { cache: "row" } },
  })
  expect(await cache.peek(["acme", 1])).toBeUndefined()
})

test.each([
  ["two rows for one key", [row, { ...row }], "INVALID_LOAD_RESULT"],
  ["a row without its key", [{ tenant: "acme" }], "INVALID_LOAD_RESULT"],
])("rows that leave a key's value open are refused: %s", async (_what, rows, code) => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({
    name: "row",
    ...policy,
    load,
    loadMany: () => rows as Row[],
    keyOf: ({ tenant, id }) => [tenant, id],
  })
  await expect(cache.getMany([["acme", 1]])).rejects.toMatchObject({ cause: { code } })
})

test("a second row of a key that was not asked for is nobody's business", async () => {
  const { holdfast } = testBed()
  const stranger = { tenant: "other", id: 9 }
  const cache = holdfast.cache({
    name: "row",
    ...policy,
    load,
    loadMany: () => [stranger, row, stranger],
    keyOf: ({ tenant, id }) => [tenant, id],
  })
  expect(await cache.getMany([["acme", 1]])).toEqual([row])
})

test("what keyOf throws reaches the caller as it is", async () => {
  const { holdfast } = testBed()
  const boom = new Error("boom")
  const keyOf = (): never => {
    throw boom
  }
  const cache = holdfast.cache({ name: "row", ...policy, load, loadMany: () => [row], keyOf })
  await expect(cache.getMany([["acme", 1]])).rejects.toMatchObject({ cause: boom })
})

test("an error names each key once, as it was given first", async () => {
  const { holdfast } = testBed()
  const boom = new Error("boom")
  const cache = holdfast.cache({ name: "row", ...policy, load, loadMany: () => Promise.reject(boom) })
  const [first, again] = [["acme", 1] as const, ["acme", 1] as const]
  const [outcome] = await Promise.allSettled([cache.getMany([first, again])])
  const errors = (outcome as { readonly reason: BatchPartialError }).reason.errors
  expect([...errors.keys()]).toHaveLength(1)
  expect(errors.get(first)).toBe(boom)
})
