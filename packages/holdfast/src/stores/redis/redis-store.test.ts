import { expect, test } from "vitest"
import type { Store } from "../../contracts/store.ts"
import { EntryAddress } from "../../entry/key.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { redisConnection } from "../../connection/redis-connection.ts"
import { lease } from "../../scripts/generated/lease.ts"
import { openWindow } from "../../scripts/generated/open-window.ts"
import { refusal, ScriptedServer } from "../../testing/scripted-server.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock } from "../../testing/virtual-clock.ts"
import { aGeneration, aSocket, refused, storeThat } from "./redis-store.fixture.ts"
import { redisStore } from "./redis-store.ts"

const address = new EntryAddress("shop:{product:42}")
const drop = { mode: "drop", graceMs: 0, version: undefined, tombstoneMs: 1000 } as const
const entry = { bytes: Buffer.from("entry"), keepMs: 1000 }
const leaseRequest = { token: "t".repeat(32), leaseMs: 1000, rejected: undefined }

test("a single look is a plain GET", async () => {
  const { store, sent } = storeThat(() => Buffer.from("bytes"))
  expect(await store.look(address)).toEqual(Buffer.from("bytes"))
  expect(sent).toMatchObject([{ name: "GET", args: [address.value] }])
})

test("looks of one turn share MGETs of at most 64 keys; the next turn has its own", async () => {
  const { store, sent } = storeThat(({ name, args }) =>
    name === "GET" ? Buffer.from(String(args[0])) : args.map((key) => Buffer.from(String(key))),
  )
  const keys = Array.from({ length: 130 }, (_, at) => new EntryAddress(`key ${at}`))
  const found = await Promise.all(keys.map((key) => store.look(key)))
  expect(found.map(String)).toEqual(keys.map((key) => key.value))
  await store.look(address)
  expect(sent.map((one) => [one.name, one.args.length])).toEqual([
    ["MGET", 64],
    ["MGET", 64],
    ["MGET", 2],
    ["GET", 1],
  ])
})

test("where slots lie on several servers each look is a GET of its own", async () => {
  const { store, names } = storeThat(() => null, { sharesSlots: false })
  expect(await Promise.all([store.look(address), store.look(new EntryAddress("other"))])).toEqual([
    undefined,
    undefined,
  ])
  expect(names()).toEqual(["GET", "GET"])
})

for (const [looks, command] of [
  [1, "GET"],
  [2, "MGET"],
] as const) {
  test(`an impossible reply to a ${command} that waited for the first connection costs that connection its trust`, async () => {
    const { store, distrusted, world } = storeThat(() => 1)
    const first = aGeneration()
    world.generation = undefined
    world.connecting = Promise.resolve(first)
    const outcomes = await Promise.allSettled(Array.from({ length: looks }, () => store.look(address)))
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true)
    expect(distrusted).toEqual([[expect.stringContaining(command), first]])
    expect((distrusted[0] as unknown[])[1]).toBe(first)
  })
}

test("a look that fails rejects every caller that shared it, and no other", async () => {
  let down = true
  const { store } = storeThat(() => (down ? new HoldfastError("STORE_UNAVAILABLE", "away.") : null))
  const looks = await Promise.allSettled([store.look(address), store.look(address), store.look(address)])
  expect(looks.map((look) => look.status)).toEqual(["rejected", "rejected", "rejected"])
  down = false
  expect(await store.look(address)).toBeUndefined()
})

test("a second opinion is asked on a connection of its own, and costs only the one that was in use before it", async () => {
  const { store, sent, world, distrusted } = storeThat(() => {
    world.generation = aGeneration()
    return null
  })
  const inDoubt = world.generation
  const { distrust } = await store.lookAgain(address)
  expect(sent).toMatchObject([{ name: "GET", options: { fresh: true } }])
  distrust()
  expect(distrusted).toEqual([["a look was answered with another key's entry", inDoubt]])
  expect((distrusted[0] as unknown[])[1]).toBe(inDoubt)
})

test("a second opinion that is no answer costs no connection its trust", async () => {
  const { store, distrusted } = storeThat(() => 7)
  await expect(store.lookAgain(address)).rejects.toMatchObject({ code: "SERVER_REFUSED" })
  expect(distrusted).toMatchObject([[expect.anything(), undefined]])
})

test.each([
  ["GET", 7, (store: Store) => store.look(address)],
  ["MGET", [null], (store: Store) => Promise.all([store.look(address), store.look(address)])],
  ["lease", Buffer.from("stored"), (store: Store) => store.lease(address, leaseRequest)],
  ["lease", [Buffer.from("stale")], (store: Store) => store.lease(address, leaseRequest)],
  ["lease", [], (store: Store) => store.lease(address, leaseRequest)],
  ["invalidate", Buffer.from("stored"), (store: Store) => store.invalidate(address, drop)],
])(
  "a reply to %s that is none of its answers is believed by nobody, and costs the connection that gave it its trust",
  async (name, reply, call) => {
    const { store, distrusted, world } = storeThat(() => {
      world.generation = aGeneration()
      return reply
    })
    const { generation } = world
    await expect(call(store)).rejects.toMatchObject({ code: "SERVER_REFUSED", facts: { command: name } })
    expect(distrusted).toEqual([[`a reply to ${name} was none of its answers`, generation]])
    expect((distrusted[0] as unknown[])[1]).toBe(generation)
  },
)

test("a fill goes out bound to the generation that granted the lease", async () => {
  const { store, sent, world } = storeThat(({ name }) =>
    name === "lease" ? [Buffer.from("win")] : Buffer.from("stored"),
  )
  const { generation } = world
  const answer = await store.lease(address, leaseRequest)
  if (answer.is !== "win") throw new Error("expected to win")
  expect(store.isCurrent(answer.grant)).toBe(true)
  world.generation = aGeneration()
  expect(store.isCurrent(answer.grant)).toBe(false)
  expect(await store.extendLease(answer.grant, 1000)).toBe("gone")
  await store.fill(answer.grant, entry)
  expect(sent.at(-1)?.options.generation).toBe(generation)
})

test("a lease whose generation was not told is never current", async () => {
  const { store, world } = storeThat(() => [Buffer.from("win")])
  world.generation = undefined
  const answer = await store.lease(address, leaseRequest)
  expect("grant" in answer && store.isCurrent(answer.grant)).toBe(false)
})

test("what is asked for before the first connection is granted on it, and may be filled and stored", async () => {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1) })
  const store = redisStore({ connection, namespace: "shop", clock, random: seededRandom(1) })
  server.answer = ([name, sha1]) => {
    if (name !== "EVALSHA") return refusal("ERR")
    return sha1 === lease.sha1 ? [Buffer.from("win")] : Buffer.from(sha1 === openWindow.sha1 ? "opened" : "stored")
  }
  const asked = Promise.all([
    store.lease(address, leaseRequest),
    store.openWindow(address, { id: "w", windowMs: 1000 }),
  ])
  expect(connection.generation(address.slot)).toBeUndefined()
  const [answer, window] = await clock.runUntil(asked)
  if (answer.is !== "win") throw new Error("expected to win")
  expect([store.isCurrent(answer.grant), store.isCurrent(window)]).toEqual([true, true])
  expect(await clock.runUntil(store.fill(answer.grant, entry))).toBe("stored")
  expect(await clock.runUntil(store.closeWindow(window, entry, drop))).toBe("stored")
  await clock.runUntil(store.close({ timeoutMs: 0 }))
})

test.each([
  ["expire", 500, "expire"],
  ["expire", 0, "drop"],
  ["drop", 500, "drop"],
] as const)("an invalidation to %s with a grace of %d ms is sent as a %s", async (mode, graceMs, word) => {
  const { store, sent } = storeThat(() => Buffer.from("invalidated"))
  await store.invalidate(address, { ...drop, mode, graceMs })
  expect(sent[0]?.args[2]).toBe(word)
})

test("a close whose generation has changed carries no value", async () => {
  const { store, sent, world } = storeThat(({ name }) => Buffer.from(name === "open-window" ? "opened" : "invalidated"))
  const grant = await store.openWindow(address, { id: "w", windowMs: 1000 })
  world.generation = aGeneration()
  expect(await store.closeWindow(grant, entry, drop)).toBe("invalidated")
  expect(sent.slice(1)).toMatchObject([{ name: "close-window", options: {} }])
  expect(sent[1]?.args).not.toContain(entry.bytes)
})

test.each([
  ["GENERATION_CHANGED", new HoldfastError("GENERATION_CHANGED", "gone.")],
  ["an error of the server", refused("WRONGTYPE")],
])("a close with a value that ends in %s goes on as an invalidation", async (_name, failure) => {
  const { store, names } = storeThat(({ name, options }) =>
    options.generation === undefined ? Buffer.from(name === "open-window" ? "opened" : "invalidated") : failure,
  )
  const grant = await store.openWindow(address, { id: "w", windowMs: 1000 })
  expect(await store.closeWindow(grant, entry, drop)).toBe("invalidated")
  expect(names()).toEqual(["open-window", "close-window", "close-window"])
})

test("a close whose outcome is unknown is told to the caller, and not sent again", async () => {
  const { store, names } = storeThat(({ name }) =>
    name === "open-window" ? Buffer.from("opened") : new HoldfastError("COMMAND_TIMEOUT", "late."),
  )
  const grant = await store.openWindow(address, { id: "w", windowMs: 1000 })
  await expect(store.closeWindow(grant, entry, drop)).rejects.toMatchObject({ code: "COMMAND_TIMEOUT" })
  expect(names()).toEqual(["open-window", "close-window"])
})

test("in a slot on the move an invalidation goes step by step: control, value, what was dropped, publish", async () => {
  const { store, sent } = storeThat(({ name }) => {
    if (name === "invalidate") return refused("TRYAGAIN")
    return name === "invalidate-value" ? Buffer.from("1019") : Buffer.from("invalidated")
  })
  await store.invalidate(address, { ...drop, version: "1017" })
  expect(sent.slice(1).map((one) => [one.name, ...one.args])).toEqual([
    ["invalidate-control", address.control, "1017", "1000"],
    ["invalidate-value", address.value, "drop", "1"],
    ["invalidate-control", address.control, "1019", "1000"],
    ["PUBLISH", "shop:wake", `i${address.value}`],
  ])
})

test("in a slot on the move a close and a put invalidate step by step, and a lease is refused", async () => {
  const { store, names } = storeThat(({ name }) => {
    if (name === "open-window") return Buffer.from("opened")
    return name.startsWith("invalidate") || name === "PUBLISH" ? Buffer.from("") : refused("TRYAGAIN")
  })
  const steps = ["invalidate-control", "invalidate-value", "PUBLISH"]
  const grant = await store.openWindow(address, { id: "w", windowMs: 1000 })
  expect(await store.closeWindow(grant, entry, drop)).toBe("invalidated")
  expect(names()).toEqual(["open-window", "close-window", "close-window", ...steps])
  expect(await store.putVersioned(address, entry, drop)).toBe("invalidated")
  expect(names().slice(6)).toEqual(["put-versioned", ...steps])
  await expect(store.lease(address, leaseRequest)).rejects.toMatchObject({ facts: { reply: "TRYAGAIN" } })
})

test("messages on the wake channel wake who waits for their key; others are ignored", () => {
  const { store, listeners } = storeThat(() => null)
  const reasons: string[] = []
  store.onWake(address, (reason) => void reasons.push(reason))
  for (const message of ["f", "r", "x", "i", "?", ""].map((letter) => `${letter}${address.value}`)) {
    for (const listener of listeners) listener(Buffer.from(message), () => false, aSocket)
  }
  expect(reasons).toEqual(["filled", "released", "failed", "invalidated"])
})

test("in a cluster only that copy of a message wakes which was heard from the owner of the key's slot", () => {
  const { store, listeners } = storeThat(() => null, { sharesSlots: false })
  const reasons: string[] = []
  store.onWake(address, (reason) => void reasons.push(reason))
  for (const owned of [address.slot - 1, address.slot, address.slot + 1]) {
    for (const listener of listeners) listener(Buffer.from(`f${address.value}`), (slot) => slot === owned, aSocket)
  }
  expect(reasons).toEqual(["filled"])
})

test("a closed store listens no more", async () => {
  const { store, listeners } = storeThat(() => null)
  expect(listeners.size).toBe(1)
  await store.close({ timeoutMs: 0 })
  expect(listeners.size).toBe(0)
})
