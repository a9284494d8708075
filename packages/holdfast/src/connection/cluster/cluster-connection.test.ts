import * as fc from "fast-check"
import { expect, test } from "vitest"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { addressOf, type ScriptedCluster } from "../../testing/scripted-cluster.ts"
import { clusterScene, outcome } from "./cluster.fixture.ts"

test("what is published is heard from every primary, from those that join later too, and no longer after its end", async () => {
  const { clock, cluster, connection, get, until } = clusterScene({}, undefined, { servers: 4, owning: 3 })
  const heard: string[] = []
  const end = connection.subscribe("c", (message) => heard.push(String(message)))
  await until(get(0))
  await clock.advance(100)
  cluster.servers.forEach((server, number) => server.publish("c", `of ${number}`))
  expect(heard).toEqual(["of 0", "of 1", "of 2"])
  cluster.assign(3, 0)
  await until(get(0))
  await clock.advance(100)
  cluster.servers[3]!.publish("c", "of 3")
  expect(heard.at(-1)).toBe("of 3")
  expect(connection.nodes().every(({ subscribed }) => subscribed)).toBe(true)
  end()
  cluster.servers[3]!.publish("c", "late")
  expect(heard.at(-1)).toBe("of 3")
})

test("of the copies of a message the one from the owner of its slot speaks for it, and any while that cannot be heard", async () => {
  const { clock, cluster, connection, get, until } = clusterScene()
  const heard: string[] = []
  connection.subscribe("c", (message, speaksFor) =>
    heard.push(`${String(message)} ${speaksFor(0)} ${speaksFor(16_383)}`),
  )
  await until(get(0))
  await clock.advance(100)
  const publish = (): void => cluster.servers.forEach((server, number) => server.publish("c", `of ${number}`))
  publish()
  expect(heard.splice(0)).toEqual(["of 0 true false", "of 1 false false", "of 2 false true"])
  const [subscriber] = cluster.servers[2]!.open.filter(({ purpose }) => purpose === "subscriber")
  subscriber!.closedByServer()
  await clock.settle()
  publish()
  expect(heard.splice(0)).toEqual(["of 0 true true", "of 1 false true"])
  cluster.assign(1, 0)
  await until(get(0))
  await clock.advance(3000)
  publish()
  expect(heard).toEqual(["of 0 false false", "of 1 true false", "of 2 false true"])
})

test("each owner has a clock of its own", async () => {
  const { clock, cluster, connection, get, until } = clusterScene({}, (it) => (it.servers[2]!.skewMs = 5000))
  expect(Math.abs(connection.serverNow(0) - clock.now())).toBeLessThanOrEqual(1)
  await until(Promise.all([get(0), get(16_383)]))
  expect(connection.serverNow(16_383) - connection.serverNow(0)).toBe(5000)
  expect(cluster.servers[2]!.skewMs).toBe(5000)
})

test("a distrusted connection is dropped, that of the server which gave the reply and no other", async () => {
  const { cluster, connection, get, until } = clusterScene()
  await until(Promise.all([get(0), get(6000), get(16_383)]))
  const open = () => cluster.servers.map((server) => server.open.length)
  const generation = connection.generation(6000)
  cluster.assign(0, 6000)
  await until(get(6000))
  expect(open()).toEqual([1, 1, 1])
  connection.distrust(6000, "a reply meant for another", generation)
  expect(open()).toEqual([1, 0, 1])
  connection.distrust(0, "nobody said so", undefined)
  expect(open()).toEqual([1, 0, 1])
})

test("closing ends every socket and question, and nothing is opened for what is answered late", async () => {
  const { clock, cluster, connection, get, until } = clusterScene({}, undefined, { servers: 4, owning: 3 })
  connection.subscribe("c", () => {})
  await until(Promise.all([get(0), get(6000), get(16_383)]))
  await clock.advance(100)
  cluster.servers[0]!.latencyMs = 100
  cluster.assign(3, 0)
  const late = get(0)
  await clock.advance(50)
  const bound = { generation: connection.generation(6000)! }
  const closing = connection.close({ timeoutMs: 500 })
  expect(await get(6000, bound)).toBe("CLOSED")
  expect(await until(late)).toBe("SERVER_REFUSED MOVED")
  await until(closing)
  expect(await get(0)).toBe("CLOSED")
  await clock.advance(60_000)
  expect(cluster.servers.map(({ open }) => open.length)).toEqual([0, 0, 0, 0])
  expect([cluster.servers[3]!.attempts, clock.pending]).toEqual([0, 0])
  const unborn = clusterScene({}, (it) => (it.servers[0]!.accepts = "hang"))
  const waiting = unborn.get(0)
  await unborn.until(unborn.connection.close({ timeoutMs: 100 }))
  expect(await unborn.until(waiting)).toBe("CLOSED")
  await unborn.clock.advance(300)
  expect(unborn.clock.pending).toBe(0)
})

test("what asks for another server after the end is refused, and opens nothing", async () => {
  const { clock, cluster, connection, get, until } = clusterScene({}, undefined, { servers: 4, owning: 3 })
  connection.subscribe("c", () => {})
  await until(get(0))
  await until(connection.close({ timeoutMs: 100 }))
  const late = connection.server(addressOf(3))
  expect(await until(outcome(late.command(["PING"])))).toBe("CLOSED")
  await clock.advance(60_000)
  expect(cluster.servers.map(({ open }) => open.length)).toEqual([0, 0, 0, 0])
  expect(clock.pending).toBe(0)
})

test("closing waits for commands on a server that has just been left", async () => {
  const { clock, cluster, connection, get, until } = clusterScene()
  await until(Promise.all([get(0), get(16_383)]))
  await clock.advance(2000)
  cluster.servers[2]!.latencyMs = 200
  const ping = outcome(connection.command(16_383, ["PING"]))
  cluster.assign(1, 0)
  cluster.assign(1, 6000, 16_383)
  await until(get(0))
  await clock.advance(20)
  expect(connection.nodes().length).toBe(2)
  const closing = until(connection.close({ timeoutMs: 500 })).then(() => "closed")
  expect(await Promise.race([ping, closing])).toBe("PONG")
  await closing
  expect(cluster.servers[2]!.open.length).toBe(0)
})

test("after any sequence of faults and moves every answer is bounded, and once all is well every slot is served", async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on("unhandledRejection", note)
  const fault = fc.constantFrom("freeze", "thaw", "reset", "refuse", "hang", "serve", "slow", "fast", "move", "finish")
  const step = fc.tuple(fault, fc.nat(3), fc.nat(1200))
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(step, { maxLength: 20 }), async (seed, steps) => {
      const scene = clusterScene({}, (it) => (it.seeds = [0, 1, 2]), { seed, servers: 4, owning: 3 })
      const { clock, cluster, connection, get, script, until } = scene
      for (const [what, server, ms] of steps) {
        inflict(cluster, what, server, ms)
        const answers = [get(ms), get(ms + 6000), script(ms), script(ms + 12_000)]
        await clock.advance(ms)
        const startMs = clock.monotonic()
        await until(Promise.all(answers))
        expect(clock.monotonic() - startMs).toBeLessThanOrEqual(500)
      }
      for (const server of [0, 1, 2, 3]) for (const what of ["thaw", "serve", "fast"]) inflict(cluster, what, server, 0)
      await clock.advance(40_000)
      for (const slot of [0, 600, 6000, 12_000, 16_383]) expect(await until(get(slot))).toContain("from ")
      await until(connection.close({ timeoutMs: 100 }))
      await clock.advance(5000)
      expect(clock.pending).toBe(0)
      expect(cluster.servers.map(({ open }) => open.length)).toEqual([0, 0, 0, 0])
    }),
    { numRuns: 60 },
  )
  process.off("unhandledRejection", note)
  expect(unhandled).toEqual([])
}, 30_000)

function inflict(cluster: ScriptedCluster, fault: string, number: number, ms: number): void {
  const server = cluster.servers[number]!
  if (fault === "freeze") server.freeze()
  else if (fault === "thaw") server.thaw()
  else if (fault === "reset") server.reset()
  else if (fault === "refuse") server.accepts = new HoldfastError("STORE_UNAVAILABLE", "Refused.")
  else if (fault === "hang") server.accepts = "hang"
  else if (fault === "serve") server.accepts = "yes"
  else if (fault === "slow") server.latencyMs = 300
  else if (fault === "fast") server.latencyMs = 1
  else if (fault === "move") cluster.move(ms, number, ms % 2 === 0 ? [`s${ms}`] : [])
  else cluster.assign(number, ms, ms + 100)
}
