import { expect, test } from "vitest"
import type { Invalidation, Loss } from "../../../contracts/losses.ts"
import type { RedisArgument, RedisReply } from "../../../contracts/redis-client.ts"
import type { Generation } from "../../../contracts/redis-connection.ts"
import { entryAddress } from "../../../entry/key.ts"
import { slotOf } from "../../../entry/slot.ts"
import type { HoldfastError } from "../../../errors/holdfast-error.ts"
import { seededRandom } from "../../../testing/seeded-random.ts"
import { virtualClock } from "../../../testing/virtual-clock.ts"
import { aGeneration, refused } from "../redis-store.fixture.ts"
import { ReplayLog } from "./replay-log.ts"

const half = 8192
const slots = Array.from({ length: 2 * half }, (_, slot) => slot)

interface Server {
  readonly generation: Generation
  readonly data: Map<string, string>
  owns(slot: number): boolean
}

function server(port: number, run: string, more: Partial<Server> & { readonly formerReplId?: string } = {}): Server {
  const { formerReplId = "", data = new Map<string, string>(), owns = () => true } = more
  const node = { host: "h", port }
  return { generation: { ...aGeneration(run), node, replId: `history of ${run}`, formerReplId }, data, owns }
}

/** One process, with the servers that its connection leads to. */
function bed({ isAllLost = false, most = 100, sharesSlots = true } = {}) {
  const clock = virtualClock()
  const servers: Server[] = []
  const losses: Loss[] = []
  let sets = 0
  const log = new ReplayLog({ namespace: "shop", clock, random: seededRandom(1), most, isAllLost })
  const ownerOf = (slot: number): Server | undefined => servers.find(({ owns }) => owns(slot))
  const command = async (slot: number, [, key, value]: readonly RedisArgument[]): Promise<RedisReply> => {
    sets += 1
    ownerOf(slot)?.data.set(String(key), String(value))
    return Buffer.from("OK")
  }
  const nodes = () => servers.map(({ generation: { node }, owns }) => ({ node, slot: slots.find(owns) ?? -1 }))
  log.attach({ sharesSlots, nodes, generation: (slot: number) => ownerOf(slot)?.generation, command } as never)
  log.onLoss((loss) => losses.push(loss))
  const ask =
    (of: Server) =>
    async (args: readonly RedisArgument[]): Promise<RedisReply | HoldfastError> => {
      const key = String(args[1])
      if (!of.owns(slotOf(key))) throw refused("MOVED")
      const text = of.data.get(key)
      return text === undefined ? null : Buffer.from(text)
    }
  return {
    clock,
    log,
    losses,
    servers,
    sets: () => sets,
    open: (of: Server, answer = ask(of)) => log.beforeUse(of.generation, answer as never),
    /** Which keys were lost by each loss. */
    lost: () =>
      losses.map(({ invalidations, isOpen, isAllLost }) => [
        ...invalidations.map(idOf),
        ...(isOpen ? ["and more"] : []),
        ...(isAllLost ? ["and all"] : []),
      ]),
    invalidate: (id: string, run: () => Promise<unknown> = async () => undefined) => {
      const invalidation = keyed(id)
      return log.acknowledged("address" in invalidation ? invalidation.address.slot : 0, invalidation, run)
    },
  }
}

function keyed(id: string): Invalidation {
  const address = entryAddress("shop", "product", id)
  return { address, request: { mode: "drop", version: undefined, tombstoneMs: 1000, graceMs: 0 } }
}

function idOf(invalidation: Invalidation): string {
  return "address" in invalidation ? (/:(\w+)\}/.exec(invalidation.address.value)?.[1] ?? "") : invalidation.tag.key
}

/** A key in one half of the slots. */
const lowId = idIn((slot) => slot < half)
const highId = idIn((slot) => slot >= half)
function idIn(isIn: (slot: number) => boolean): string {
  for (let id = 0; ; id += 1) if (isIn(entryAddress("shop", "product", String(id)).slot)) return String(id)
}

test("what was acknowledged after the number that has survived is lost, and nothing else", async () => {
  const { clock, servers, open, invalidate, lost } = bed()
  const first = server(1, "one")
  servers.push(first)
  await open(first)
  await invalidate("a")
  await clock.advance(60)
  const lagging = new Map(first.data)
  await clock.advance(2000)
  await invalidate("b")
  await clock.advance(2000)
  const upToDate = new Map(first.data)
  await open(server(1, "two", { data: upToDate }))
  expect(lost()).toEqual([])
  await open(server(1, "three", { data: lagging }))
  expect(lost()).toEqual([["b"]])
  await open(server(1, "four"))
  expect(lost()).toEqual([["b"], ["a"]])
})

test("a server in the same run and history has lost nothing, and is not asked", async () => {
  const { servers, open, invalidate, lost } = bed()
  const only = server(1, "one")
  servers.push(only)
  await open(only)
  await invalidate("a")
  await open(only, () => Promise.reject(new Error("asked")))
  expect(lost()).toEqual([])
})

test("what was not done need not be done again", async () => {
  const { servers, open, invalidate, lost } = bed()
  servers.push(server(1, "one"))
  await invalidate("a", async () => "older")
  await expect(invalidate("b", () => Promise.reject(refused("OOM")))).rejects.toMatchObject({ code: "SERVER_REFUSED" })
  await open(server(1, "two"))
  expect(lost()).toEqual([])
})

test("a socket to a server that cannot say what it knows is not used; one that must not say it has lost all", async () => {
  const { servers, open, invalidate, clock, lost } = bed()
  servers.push(server(1, "one"))
  await invalidate("a")
  await clock.advance(100)
  const next = server(1, "two")
  await expect(open(next, () => Promise.reject(refused("LOADING")))).rejects.toMatchObject({
    facts: { reply: "LOADING" },
  })
  expect(lost()).toEqual([])
  await open(next, () => Promise.reject(refused("NOPERM")))
  expect(lost()).toEqual([["a"]])
})

test("numbers are left soon after an invalidation, at most once a second, and otherwise every twenty minutes", async () => {
  const { clock, servers, invalidate, sets } = bed()
  servers.push(server(1, "one"))
  await clock.advance(10_000)
  expect(sets()).toBe(0)
  await invalidate("a")
  await clock.advance(60)
  expect(sets()).toBe(1)
  for (let at = 0; at < 60; at += 1) {
    await invalidate("a")
    await clock.advance(20)
  }
  await clock.advance(2000)
  expect(sets()).toBe(3)
  await clock.advance(1_200_000)
  expect(sets()).toBe(4)
})

test("more than is remembered is told as such", async () => {
  const { servers, open, invalidate, lost } = bed({ most: 2 })
  servers.push(server(1, "one"))
  for (const id of ["a", "b", "c"]) await invalidate(id)
  await open(server(1, "two"))
  expect(lost()).toEqual([["b", "c", "and more"]])
})

test("where everything counts as lost, so it does on every other run, for a process that has invalidated nothing as well", async () => {
  const { servers, open, clock, lost } = bed({ isAllLost: true })
  const first = server(1, "one")
  servers.push(first)
  await open(first)
  await clock.advance(100)
  await open(first)
  expect(lost()).toEqual([])
  await open(server(1, "two", { data: new Map(first.data) }))
  expect(lost()).toEqual([["and all"]])
})

test("a promoted replica of a cluster is asked for the number that was left on its primary; the other primaries have lost nothing", async () => {
  const { clock, servers, open, invalidate, lost } = bed({ sharesSlots: false })
  const low = server(1, "one", { owns: (slot) => slot < half })
  const high = server(2, "two", { owns: (slot) => slot >= half })
  servers.push(low, high)
  await open(low)
  await open(high)
  await invalidate(lowId)
  await invalidate(highId)
  await clock.advance(100)
  expect([low.data.size, high.data.size]).toEqual([1, 1])
  const promoted = server(3, "three", { owns: low.owns, formerReplId: low.generation.replId })
  await open(promoted)
  expect(lost()).toEqual([[lowId]])
  const restarted = server(2, "four", { owns: high.owns, data: new Map(high.data) })
  await open(restarted)
  expect(lost()).toEqual([[lowId]])
})

test("a server that has got slots has lost nothing, whether the number came with them or not", async () => {
  const { clock, servers, open, invalidate, lost } = bed({ sharesSlots: false })
  const all = server(1, "one")
  servers.push(all)
  await open(all)
  await invalidate(lowId)
  await clock.advance(100)
  await open(server(2, "two", { owns: () => false }))
  await open(server(3, "three", { data: new Map(all.data) }))
  expect(lost()).toEqual([])
})

test("what a server acknowledges once another has taken its place is lost at once", async () => {
  const { servers, open, invalidate, lost } = bed({ sharesSlots: false })
  const first = server(1, "one")
  servers.push(first)
  await open(first)
  await invalidate("a")
  const next = server(2, "two", { formerReplId: first.generation.replId })
  await invalidate("b", async () => {
    await open(next)
    servers[0] = next
  })
  expect(lost()).toEqual([["a"], ["b"]])
})

test("what a server acknowledges as the first once another has taken its place is lost at once, too", async () => {
  const { servers, open, invalidate, lost } = bed({ sharesSlots: false })
  const first = server(1, "one")
  servers.push(first)
  await open(first)
  const next = server(2, "two", { formerReplId: first.generation.replId })
  await invalidate("a", async () => {
    await open(next)
    servers[0] = next
  })
  expect(lost()).toEqual([["a"]])
})

test("where one server has all slots, another one is its successor whatever history it names", async () => {
  const { servers, open, invalidate, lost } = bed()
  const first = server(1, "one")
  servers.push(first)
  await open(first)
  await invalidate("a")
  await open(server(2, "two"))
  expect(lost()).toEqual([["a"]])
})
