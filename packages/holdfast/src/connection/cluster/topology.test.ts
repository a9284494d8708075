import { expect, test } from "vitest"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { refusal } from "../../testing/scripted-server.ts"
import { addressOf } from "../../testing/scripted-cluster.ts"
import { virtualClock } from "../../testing/virtual-clock.ts"
import { clusterScene, outcome } from "./cluster.fixture.ts"
import { Topology } from "./topology.ts"

const refused = new HoldfastError("STORE_UNAVAILABLE", "Refused.", { facts: { reason: "ECONNREFUSED" } })

test("every primary is found from one seed, and each slot goes to its owner", async () => {
  const { cluster, connection, get, until } = clusterScene()
  expect(await until(Promise.all([0, 6000, 16_383].map((slot) => get(slot))))).toEqual(["from 0", "from 1", "from 2"])
  expect(connection.sharesSlots).toBe(false)
  expect(connection.nodes()).toMatchObject(
    [0, 1, 2].map((number) => ({ node: addressOf(number), state: "ready", role: "primary" })),
  )
  for (const { slot, node } of connection.nodes()) expect(connection.generation(slot)?.node).toEqual(node)
  expect(cluster.questions).toBe(1)
})

test("a server that does not name its own host is where it was asked", async () => {
  const { get, until } = clusterScene({}, (cluster) => (cluster.namesItself = false))
  expect(await until(Promise.all([get(0), get(16_383)]))).toEqual(["from 0", "from 2"])
})

test("seeds that refuse or never answer do not keep a program from the cluster", async () => {
  const { get, until } = clusterScene({}, (cluster) => {
    cluster.seeds = [0, 1]
    cluster.servers[1]!.accepts = "hang"
  })
  expect(await until(get(0))).toBe("from 0")
  const late = clusterScene({}, (cluster) => {
    cluster.seeds = [0, 1, 2]
    for (const number of [0, 1]) cluster.servers[number]!.accepts = refused
  })
  expect(await late.until(late.get(16_383))).toBe("from 2")
})

test("before the map is known commands wait, each within its own deadline, and then say why", async () => {
  const hanging = clusterScene({}, (cluster) => (cluster.servers[0]!.accepts = "hang"))
  const startMs = hanging.clock.monotonic()
  expect(await hanging.until(hanging.get(1))).toBe("STORE_UNAVAILABLE")
  expect(hanging.clock.monotonic() - startMs).toBe(250)

  const { clock, cluster, connection, events, get, until } = clusterScene(
    {},
    (it) => (it.servers[0]!.accepts = refusal("WRONGPASS", "handshake")),
  )
  expect(await until(get(1))).toBe("STORE_UNAVAILABLE")
  await expect(until(connection.command(1, ["GET", "s1"]))).rejects.toThrow("refuses the user name or password")
  expect(connection.nodes()).toMatchObject([
    { node: addressOf(0), state: "connecting", lastError: "SERVER_REFUSED WRONGPASS" },
  ])
  expect(events).toContainEqual(expect.objectContaining({ name: "connection", state: "connecting" }))
  expect(connection.generation(1)).toBeUndefined()
  cluster.servers[0]!.accepts = "yes"
  await clock.advance(3000)
  expect(await until(get(1))).toBe("from 0")
})

test("a slot without an owner is refused at once, and looked for", async () => {
  const { clock, cluster, get, until } = clusterScene({}, (it) => it.orphan(7))
  expect(await until(get(6))).toBe("from 0")
  const startMs = clock.monotonic()
  expect(await get(7)).toBe("STORE_UNAVAILABLE")
  expect(clock.monotonic()).toBe(startMs)
  cluster.assign(1, 7)
  await clock.advance(1500)
  expect(await until(get(7))).toBe("from 1")
  cluster.orphan(7)
  expect(await until(get(7))).toBe("SERVER_REFUSED CLUSTERDOWN")
  await clock.advance(1500)
  expect(await get(7)).toBe("STORE_UNAVAILABLE")
})

test("the map is asked for again now and then, so that a server that owns nothing any more is left", async () => {
  const { clock, cluster, connection, get, until } = clusterScene()
  await until(get(0))
  await clock.advance(10)
  cluster.assign(0, 0, 16_383)
  await clock.advance(31_000)
  expect(connection.nodes().map(({ node }) => node.port)).toEqual([7000])
  expect(cluster.servers.slice(1).map(({ open }) => open.length)).toEqual([0, 0])
  expect(await until(get(16_383))).toBe("from 0")
  expect(cluster.received(2)).toEqual([])
})

test("commands on their way to a server that is left are answered", async () => {
  const { clock, cluster, connection, get, until } = clusterScene()
  await until(Promise.all([get(0), get(16_383)]))
  await clock.advance(2000)
  cluster.servers[2]!.latencyMs = 200
  const ping = outcome(connection.command(16_383, ["PING"]))
  cluster.assign(1, 0)
  cluster.assign(1, 6000, 16_383)
  await until(get(0))
  await clock.advance(20)
  expect(connection.nodes().map(({ node }) => node.port)).toEqual([7001, 7000])
  expect(await until(ping)).toBe("PONG")
  expect(await until(get(16_383))).toBe("from 1")
  expect(cluster.servers[2]!.open.length).toBe(0)
})

test("what waits for the first connection to a server that is left goes to its successor", async () => {
  const { clock, cluster, get, until } = clusterScene({}, (it) => (it.servers[3]!.accepts = "hang"), {
    servers: 4,
    owning: 3,
  })
  await until(get(1))
  cluster.assign(3, 1)
  const waiting = get(1, { timeoutMs: 5000 })
  await clock.advance(10)
  cluster.assign(0, 1)
  const startMs = clock.monotonic()
  expect(await until(waiting)).toBe("from 0")
  expect(clock.monotonic() - startMs).toBeLessThan(1500)
})

test("a server that owns nothing is kept as long as it is asked for slots on their way to it", async () => {
  const { clock, cluster, get, until } = clusterScene({}, undefined, { servers: 4, owning: 3 })
  await until(get(1))
  cluster.move(1, 3, ["s1"])
  for (let round = 0; round < 3; round++) {
    expect(await until(get(1))).toBe("from 3")
    await clock.advance(31_000)
  }
  expect(cluster.servers[3]!.attempts).toBe(1)
  await clock.advance(31_000)
  expect(cluster.servers[3]!.open.length).toBe(0)
})

test("whoever has got a slot is asked for the map, whatever others believe", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { clock, cluster, get, until } = clusterScene({}, undefined, { seed })
    await until(get(0))
    await clock.advance(2000)
    cluster.stopLearning(0)
    cluster.stopLearning(1)
    cluster.assign(2, 0, 500)
    await until(get(0))
    await clock.advance(100)
    const before = cluster.received(0).length
    expect(await until(get(400))).toBe("from 2")
    expect(cluster.received(0).length).toBe(before)
  }
})

test("a hint that comes during a question leads to another question", async () => {
  const { clock, cluster, get, until } = clusterScene()
  await until(get(0))
  await clock.advance(2000)
  cluster.stopLearning(2)
  cluster.servers[2]!.latencyMs = 100
  cluster.assign(2, 100)
  const slow = get(100)
  await clock.advance(20)
  cluster.assign(1, 300, 400)
  await until(get(300))
  await until(slow)
  await clock.advance(1500)
  const before = cluster.received(0).length
  expect(await until(get(350))).toBe("from 1")
  expect(cluster.received(0).length).toBe(before)
})

test("when every server is replaced by others, they are found from the seeds", async () => {
  const { clock, cluster, get, until } = clusterScene({}, (it) => (it.seeds = [0, 3]), { servers: 6, owning: 3 })
  await until(Promise.all([get(0), get(16_383)]))
  for (const server of cluster.servers.slice(0, 3)) {
    server.accepts = refused
    server.reset()
  }
  cluster.assign(3, 0, 8000)
  cluster.assign(5, 8001, 16_383)
  await clock.advance(6000)
  expect(await until(Promise.all([get(0), get(16_383)]))).toEqual(["from 3", "from 5"])
})

test("a server that knows nobody, as one that has just been started, is not believed", async () => {
  const { get, until } = clusterScene({}, (it) => {
    it.seeds = [0, 1]
    it.servers[0]!.latencyMs = 20
    it.stopLearning(1, [])
  })
  expect(await until(get(0))).toBe("from 0")
})

test("however many slots are found to have moved, the map is asked for once in a while", async () => {
  const { clock, cluster, get, until } = clusterScene()
  await until(get(0))
  cluster.stopLearning(2)
  for (let slot = 0; slot < 4000; slot++) {
    cluster.assign(2, slot)
    if (slot % 10 === 0) await until(get(slot))
  }
  const before = cluster.questions
  const startMs = clock.monotonic()
  for (let round = 0; round < 1000; round++) {
    cluster.assign(round % 2, 10_000)
    await until(get(10_000))
  }
  expect(cluster.questions - before).toBeLessThanOrEqual((clock.monotonic() - startMs) / 800 + 2)
  expect(cluster.questions - before).toBeGreaterThan(0)
})

test("the owner of a slot is lost: its slots fail at once, the others go on, and its successor is found", async () => {
  const { clock, cluster, connection, get, until } = clusterScene({}, undefined, { servers: 4, owning: 3 })
  await until(Promise.all([get(0), get(16_383)]))
  const before = cluster.questions
  const dead = cluster.servers[2]!
  dead.accepts = refused
  dead.reset()
  await clock.advance(1)
  expect(await until(get(16_383))).toBe("STORE_UNAVAILABLE")
  expect(await until(get(0))).toBe("from 0")
  cluster.assign(3, 10_923, 16_383)
  await clock.advance(3000)
  expect(await until(get(16_383))).toBe("from 3")
  expect(connection.nodes().map(({ node }) => node.port)).toEqual([7000, 7001, 7003])
  expect(cluster.questions - before).toBeLessThan(6)
})

test("the owner of a slot is frozen: a command costs its deadline and no more, then nothing, and the other slots go on", async () => {
  const { clock, cluster, connection, get, until } = clusterScene()
  await until(Promise.all([get(0), get(6000)]))
  cluster.servers[1]!.freeze()
  const startMs = clock.monotonic()
  expect(await until(get(6000))).toBe("COMMAND_TIMEOUT")
  expect(clock.monotonic() - startMs).toBe(250)
  await clock.advance(5000)
  expect(await get(6000)).toBe("STORE_UNAVAILABLE")
  expect(await until(get(0))).toBe("from 0")
  expect(connection.nodes()).toMatchObject([{ state: "ready" }, { state: "connecting" }, { state: "ready" }])
  cluster.servers[1]!.thaw()
  await clock.advance(5000)
  expect(await until(get(6000))).toBe("from 1")
})

test("CLUSTERDOWN, and an owner that turns out to be a replica, are reasons to ask who owns what", async () => {
  const { clock, cluster, get, until } = clusterScene()
  await until(get(0))
  await clock.advance(2000)
  const before = cluster.questions
  cluster.run = () => refusal("CLUSTERDOWN")
  expect(await until(get(0))).toBe("SERVER_REFUSED CLUSTERDOWN")
  await clock.advance(50)
  expect(cluster.questions).toBe(before + 1)
  cluster.run = (_args, server) => Buffer.from(`from ${server}`)
  cluster.servers[0]!.role = "slave"
  await clock.advance(7000)
  cluster.assign(1, 0, 6000)
  await clock.advance(3000)
  expect(await until(get(0))).toBe("from 1")
})

test("a trouble that is over does not make the next one last longer", async () => {
  const clock = virtualClock()
  const asked: number[] = []
  let isWell = false
  const topology = new Topology({
    clock,
    random: { float: () => 0.999, token: () => "" },
    ask: async () => {
      asked.push(clock.monotonic())
      if (!isWell) throw refused
      return []
    },
    learned: () => {},
    failed: () => {},
  })
  await clock.advance(60_000)
  isWell = true
  await clock.advance(60_000)
  isWell = false
  asked.length = 0
  await clock.advance(40_000)
  topology.stop()
  const [first = 0, second = Infinity] = asked
  expect(second - first).toBeLessThanOrEqual(60)
})
