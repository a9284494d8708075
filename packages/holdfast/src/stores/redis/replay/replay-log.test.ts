import { expect, test } from "vitest"
import { refused } from "../redis-store.fixture.ts"
import { bed, half, highId, lowId, server } from "./replay-log.fixture.ts"

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

test("what was sent on to another server, which has executed it, is lost with that one as well", async () => {
  const { clock, servers, open, invalidate, lost } = bed({ sharesSlots: false })
  const low = server(1, "one", { owns: (slot) => slot < half })
  const high = server(2, "two", { owns: (slot) => slot >= half })
  servers.push(low, high)
  await open(low)
  await open(high)
  await invalidate(highId)
  await clock.advance(100)
  await invalidate(lowId, async ({ onSend }) => onSend?.(high.generation))
  await open(server(3, "three", { owns: high.owns, data: new Map(high.data), formerReplId: high.generation.replId }))
  expect(lost()).toEqual([[lowId]])
  await open(server(4, "four", { owns: low.owns, formerReplId: low.generation.replId }))
  expect(lost()).toEqual([[lowId], [lowId]])
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

test("servers that come and go are not asked for the numbers of all that were there before, and nothing is lost with them", async () => {
  const { clock, log, servers, open, invalidate, lost, asks } = bed({ sharesSlots: false })
  let before = server(1, "run 1")
  servers.push(before)
  await open(before)
  for (let port = 2; port < 300; port += 1) {
    await invalidate(lowId)
    // What earlier servers were left has expired by then; this one is left its number again.
    await clock.advance(3_600_000)
    before.data.clear()
    await clock.advance(1_800_000)
    const next = server(port, `run ${port}`, { data: new Map(before.data) })
    const asked = asks()
    await open(next)
    expect(asks() - asked).toBeLessThanOrEqual(1)
    servers[0] = next
    before = next
  }
  expect(lost()).toEqual([])
  expect(log.size).toBeLessThan(265)
})

test("that a server is gone is noticed although no other comes", async () => {
  const { clock, servers, open, invalidate, asks } = bed({ sharesSlots: false })
  servers.push(server(1, "one"))
  await open(servers[0]!)
  await invalidate("a")
  await clock.advance(1000)
  servers[0] = server(2, "two")
  await clock.advance(1_500_000)
  await open(servers[0])
  expect(asks()).toBe(0)
})

test("fail-overs between the same servers leave nothing behind", async () => {
  const { clock, log, servers, open, invalidate } = bed({ sharesSlots: false })
  for (let run = 0; run < 50; run += 1) {
    const formerReplId = servers[0]?.generation.replId ?? ""
    servers[0] = server(1 + (run % 2), `run ${run}`, { formerReplId })
    await open(servers[0])
    await invalidate("a")
    await clock.advance(3_600_000)
  }
  expect(log.size).toBeLessThan(5)
})

test("a server that was away for hours and comes back with old data has lost something that nobody remembers", async () => {
  const { clock, servers, open, invalidate, lost } = bed({ sharesSlots: false })
  const [first, second] = [server(1, "one"), server(2, "two", { owns: (slot) => slot >= half })]
  servers.push(first, second)
  await open(first)
  await open(second)
  await invalidate(lowId)
  servers.splice(0, 2, { ...second, owns: () => true })
  await clock.advance(7_200_000)
  await open(first)
  expect(lost()).toEqual([])
  await open(server(1, "three"))
  expect(lost()).toEqual([["and more"]])
  await open(server(4, "four", { formerReplId: first.generation.replId }))
  expect(lost()).toEqual([["and more"], ["and more"]])
})

test("what is older than ten minutes is forgotten although nothing new comes", async () => {
  const { clock, servers, open, invalidate, lost } = bed()
  servers.push(server(1, "one"))
  await invalidate("a")
  await clock.advance(660_000)
  await open(server(1, "two"))
  expect(lost()).toEqual([["and more"]])
})

test("a number that is refused is sent again after waits that grow to half a minute, and told of once", async () => {
  const { clock, servers, invalidate, sets, refusals, events } = bed()
  servers.push(server(1, "one"))
  refusals.push(...Array.from({ length: 1000 }, () => "NOPERM"))
  for (let second = 0; second < 600; second += 1) {
    await invalidate("a")
    await clock.advance(1000)
  }
  expect(sets()).toBeGreaterThan(20)
  expect(sets()).toBeLessThan(27)
  const refused = { name: "store-error", cache: undefined, operation: "mark", code: "SERVER_REFUSED", reply: "NOPERM" }
  expect(events).toEqual([refused])
  refusals.length = 0
  await clock.advance(30_000)
  expect(servers[0]!.data.size).toBe(1)
  const after = sets()
  await invalidate("b")
  await clock.advance(1000)
  expect(sets()).toBe(after + 1)
  refusals.push("OOM")
  await invalidate("b")
  await clock.advance(3000)
  expect(sets()).toBe(after + 3)
  expect(events).toEqual([refused, { ...refused, reply: "OOM" }])
})

test("another server is left its number at once, whatever the one before has refused", async () => {
  const { clock, servers, open, invalidate, refusals } = bed()
  servers.push(server(1, "one"))
  refusals.push(...Array.from({ length: 6 }, () => "OOM"))
  await invalidate("a")
  await clock.advance(40_000)
  const next = server(1, "two")
  servers[0] = next
  await open(next)
  refusals.length = 0
  await clock.advance(1100)
  expect(next.data.size).toBe(1)
})
