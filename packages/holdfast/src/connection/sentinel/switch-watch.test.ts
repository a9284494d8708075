import { expect, test } from "vitest"
import { sentinelScene } from "./sentinels.fixture.ts"

/** What sentinels tell when server 1 has taken over from server 0. */
const message = (name: string, to = 1): string => `${name} scripted 7000 scripted ${7000 + to}`

test("a primary that is replaced while it lives on is left as soon as one sentinel says so", async () => {
  const { clock, connection, get, sentinels, servers, promote } = sentinelScene()
  connection.subscribe("c", () => {})
  expect(await clock.runUntil(get())).toBe("from 0")
  await clock.advance(100)
  promote(1)
  servers[0]!.role = "master"
  sentinels[2]!.publish("+switch-master", message("shop"))
  await clock.advance(200)
  expect(await clock.runUntil(get())).toBe("from 1")
  await clock.advance(200)
  expect(servers.map(({ open }) => open.length)).toEqual([0, 2, 0])
})

test("what sentinels say of other primaries, and of the one in use, changes nothing", async () => {
  const { clock, get, sentinels, servers } = sentinelScene()
  expect(await clock.runUntil(get())).toBe("from 0")
  await clock.advance(100)
  for (const text of [message("another"), message("shop", 0), "", "shop"]) sentinels[0]!.publish("+switch-master", text)
  await clock.advance(1000)
  expect(servers[0]!.attempts).toBe(1)
})

test("sentinels that come back are listened to again", async () => {
  const { clock, get, sentinels, servers, promote } = sentinelScene()
  expect(await clock.runUntil(get())).toBe("from 0")
  await clock.advance(3000)
  for (const each of sentinels) each.reset()
  await clock.advance(3000)
  expect(sentinels.map(({ open }) => open.length)).toEqual([1, 1, 1])
  promote(2)
  servers[0]!.role = "master"
  sentinels[0]!.publish("+switch-master", message("shop", 2))
  await clock.advance(200)
  expect(await clock.runUntil(get())).toBe("from 2")
})

test("a primary that is replaced while a connection to it is being opened is left as soon as that is open", async () => {
  const { clock, connection, get, sentinels, servers, promote } = sentinelScene(
    ({ servers: [first] }) => (first!.latencyMs = 200),
  )
  await clock.advance(100)
  expect(connection.nodes()[0]).toMatchObject({ state: "connecting", node: { port: 7000 } })
  promote(1)
  servers[0]!.role = "master"
  for (const each of sentinels) each.publish("+switch-master", message("shop"))
  await clock.advance(1000)
  expect(await clock.runUntil(get())).toBe("from 1")
  await clock.advance(5000)
  expect(servers.map(({ attempts }) => attempts)).toEqual([1, 1, 0])
})
