import { expect, test } from "vitest"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { refusal } from "../../testing/scripted-server.ts"
import { sentinelScene } from "./sentinels.fixture.ts"

const refused = new HoldfastError("STORE_UNAVAILABLE", "Refused.", { facts: { reason: "ECONNREFUSED" } })

test("the primary that the sentinels name is used, for data and subscriptions, and named in health and events", async () => {
  const { clock, connection, events, get, sentinels, servers } = sentinelScene()
  connection.subscribe("c", () => {})
  expect(await clock.runUntil(get())).toBe("from 0")
  await clock.advance(100)
  expect(servers.map(({ open }) => open.map(({ purpose }) => purpose))).toEqual([["data", "subscriber"], [], []])
  expect(sentinels.map(({ open }) => open.map(({ purpose }) => purpose))).toEqual([0, 1, 2].map(() => ["subscriber"]))
  const address = { host: "scripted", port: 7000 }
  expect(connection.nodes()[0]?.node).toEqual(address)
  expect(connection.subscriber(0)?.node).toEqual(address)
  expect(events).toContainEqual(expect.objectContaining({ name: "connection", state: "ready", node: address }))
})

test("after a lost socket the sentinels are asked anew, and after a refusal of a replica too", async () => {
  const { clock, get, servers, promote } = sentinelScene()
  expect(await clock.runUntil(get())).toBe("from 0")
  promote(1)
  servers[0]!.reset()
  await clock.advance(3000)
  expect(await clock.runUntil(get())).toBe("from 1")
  promote(2)
  servers[1]!.answer = () => refusal("READONLY")
  expect(await clock.runUntil(get())).toBe("SERVER_REFUSED")
  await clock.advance(3000)
  expect(await clock.runUntil(get())).toBe("from 2")
})

test("a primary that became a replica without a word is found by the beat", async () => {
  const { clock, get, servers, promote } = sentinelScene()
  expect(await clock.runUntil(get())).toBe("from 0")
  promote(1)
  await clock.advance(9000)
  expect(await clock.runUntil(get())).toBe("from 1")
  expect(servers[0]!.open).toEqual([])
})

test("a primary that does not answer is named, not the sentinels", async () => {
  const { clock, connection, get } = sentinelScene(({ servers }) => (servers[0]!.accepts = refused))
  expect(await clock.runUntil(get())).toBe("STORE_UNAVAILABLE")
  expect(connection.nodes()[0]).toMatchObject({ state: "connecting", node: { port: 7000 } })
})

test("of what the sentinels say the latest fail-over counts, not the first answer", async () => {
  const { clock, get } = sentinelScene(({ sentinels, beliefs, servers }) => {
    servers[1]!.role = "master"
    for (const late of [1, 2]) {
      sentinels[late]!.latencyMs = 20
      Object.assign(beliefs[late]!, { server: 1, epoch: 3 })
    }
  })
  await clock.advance(300)
  expect(await clock.runUntil(get())).toBe("from 1")
})

test("while sentinels name a server that is a replica by now, nothing is read from it", async () => {
  const { clock, get, servers, promote, beliefs } = sentinelScene(({ servers: all }) => (all[0]!.role = "slave"))
  await clock.advance(5000)
  expect(await clock.runUntil(get())).toBe("STORE_UNAVAILABLE")
  expect(servers[0]!.received).toEqual([])
  promote(2)
  await clock.advance(3000)
  expect(beliefs[0]!.epoch).toBe(1)
  expect(await clock.runUntil(get())).toBe("from 2")
})

test("one frozen sentinel of three holds nothing up, and two of three no longer than one command", async () => {
  const timeOf = async (frozen: readonly number[]): Promise<number> => {
    const { clock, get } = sentinelScene(({ sentinels }) => frozen.forEach((each) => sentinels[each]!.freeze()))
    const startMs = clock.monotonic()
    expect(await clock.runUntil(get())).toMatch(/^(from 0|STORE_UNAVAILABLE)$/)
    while ((await clock.runUntil(get())) !== "from 0") await clock.advance(5)
    return clock.monotonic() - startMs
  }
  expect(await timeOf([0])).toBeLessThan(50)
  expect(await timeOf([0, 2])).toBeLessThan(350)
})

test("sentinels that do not answer are asked again for ever; what they refuse is said", async () => {
  const { clock, connection, get, sentinels } = sentinelScene(({ sentinels: all }) => {
    for (const each of all) each.accepts = refused
  })
  expect(await clock.runUntil(get())).toBe("STORE_UNAVAILABLE")
  await clock.advance(10_000)
  expect(connection.nodes()[0]).toMatchObject({ state: "connecting", node: { port: 26_000 } })
  sentinels[1]!.accepts = refusal("WRONGPASS")
  await clock.advance(5000)
  const why = await clock.runUntil(connection.command(0, ["GET", "k"]).catch((error: Error) => error.message))
  expect(why).toContain("no sentinel names the primary: the server refuses the user name or password")
  for (const each of sentinels) each.accepts = "yes"
  await clock.advance(3000)
  expect(await clock.runUntil(get())).toBe("from 0")
})

test("sentinels that know no primary of the name say so", async () => {
  const { clock, connection } = sentinelScene(({ beliefs }) => beliefs.forEach((each) => (each.server = undefined)))
  const why = await clock.runUntil(connection.command(0, ["GET", "k"]).catch((error: Error) => error.message))
  expect(why).toContain("it knows no primary of the name that your client asks for")
})

test("closing ends what is being asked, and leaves nothing open", async () => {
  const { clock, connection, sentinels, servers } = sentinelScene(({ sentinels: all }) => all[0]!.freeze())
  await clock.advance(1)
  await clock.runUntil(connection.close({ timeoutMs: 100 }))
  await clock.advance(60_000)
  expect([...sentinels, ...servers].map(({ open }) => open.length)).toEqual([0, 0, 0, 0, 0, 0])
  expect(clock.pending).toBe(0)
})
