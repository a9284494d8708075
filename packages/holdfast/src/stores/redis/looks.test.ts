import { expect, test } from "vitest"
import { entryAddress } from "../../entry/key.ts"
import { refused, storeThat } from "./redis-store.fixture.ts"

const cart = (key: string): ReturnType<typeof entryAddress> => entryAddress("shop", "cart", key, "user:1")
const profile = entryAddress("shop", "profile", "1", "user:1")
const other = entryAddress("shop", "profile", "2", "user:2")
const alone = entryAddress("shop", "product", "42")
const cluster = { sharesSlots: false } as const

/** Answers each key by itself. */
const echo = ({ name, args }: { readonly name: string; readonly args: readonly unknown[] }): Buffer | Buffer[] =>
  name === "GET" ? Buffer.from(String(args[0])) : args.map((key) => Buffer.from(String(key)))

test("in a cluster, looks of one turn at entries and at the tag of one group share one MGET, and no others do", async () => {
  const { store, sent } = storeThat(echo, cluster)
  const { groupTag } = profile
  const tags = groupTag === undefined ? [] : [groupTag]
  const found = await Promise.all([
    ...[profile, cart("a"), other, alone].map((entry) => store.look(entry)),
    store.lookTags(tags),
  ])
  expect(found.slice(0, 4).map(String)).toEqual([profile, cart("a"), other, alone].map(({ value }) => value))
  expect(sent.map(({ name, args }) => [name, ...args])).toEqual([
    ["GET", alone.value],
    ["MGET", profile.value, cart("a").value, groupTag?.key],
    ["GET", other.value],
  ])
  await store.look(profile)
  expect(sent.at(-1)).toMatchObject({ name: "GET" })
})

test("a slot on the move that refuses several keys is asked for each", async () => {
  const { store, names, sent } = storeThat((one) => (one.name === "MGET" ? refused("TRYAGAIN") : echo(one)), cluster)
  const found = await Promise.all([store.look(profile), store.look(cart("a"))])
  expect(found.map(String)).toEqual([profile.value, cart("a").value])
  expect(names()).toEqual(["MGET", "GET", "GET"])
  expect(sent.every(({ slot }) => slot === profile.slot)).toBe(true)
})

test("another refusal is that of each look", async () => {
  const { store, names } = storeThat(() => refused("NOPERM"), cluster)
  const looks = await Promise.allSettled([store.look(profile), store.look(cart("a"))])
  expect(looks).toMatchObject([{ reason: { facts: { reply: "NOPERM" } } }, { reason: { facts: { reply: "NOPERM" } } }])
  expect(names()).toEqual(["MGET"])
})

test("more than 64 looks of one group are several commands", async () => {
  const { store, sent } = storeThat(echo, cluster)
  await Promise.all(Array.from({ length: 65 }, (_, at) => store.look(cart(String(at)))))
  expect(sent.map(({ name, args }) => [name, args.length])).toEqual([
    ["MGET", 64],
    ["GET", 1],
  ])
})
