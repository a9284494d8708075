import { expect, test } from "vitest"
import type { Generation } from "../../contracts/redis-connection.ts"
import { refusal } from "../../testing/scripted-server.ts"
import { clusterScene, outcome, script } from "./cluster.fixture.ts"

const noScript = refusal("NOSCRIPT")

test("a slot that has moved is asked for once at its old owner, and from then on at its new one", async () => {
  const { cluster, get, until, clock } = clusterScene()
  expect(await until(get(1))).toBe("from 0")
  cluster.assign(2, 1)
  expect(await until(get(1))).toBe("from 2")
  expect(await until(get(1))).toBe("from 2")
  expect([cluster.received(0).length, cluster.received(2).length]).toEqual([2, 2])
  await clock.advance(2000)
  expect(await until(get(1))).toBe("from 2")
})

test("after one slot has moved the whole map is learned, so that its neighbours are not redirected", async () => {
  const { cluster, get, until, clock } = clusterScene()
  await until(get(1))
  cluster.assign(2, 0, 500)
  await until(get(1))
  await clock.advance(2000)
  const before = cluster.received(0).length
  expect(await until(get(400))).toBe("from 2")
  expect(cluster.received(0).length).toBe(before)
})

test("a server that nobody has named yet is connected to when a slot moves there", async () => {
  const { cluster, connection, get, until } = clusterScene({}, undefined, { servers: 4, owning: 3 })
  await until(get(1))
  cluster.assign(3, 1)
  expect(await until(get(1))).toBe("from 3")
  expect(connection.nodes().map(({ node }) => node.port)).toContain(7003)
})

test("a slot on its way is asked for at its target with ASKING before each command, in one turn, and not learned", async () => {
  const { cluster, connection, get, script: run, until } = clusterScene()
  await until(get(1))
  const generation = connection.generation(1)
  cluster.move(1, 2, ["s1", "s1:ctl"])
  cluster.run = (args, server) => (args[0] === "EVALSHA" ? noScript : Buffer.from(`from ${server}`))
  expect(await until(Promise.all([get(1), run(1), get(1)]))).toEqual(["from 2", "from 2", "from 2"])
  const names = cluster.received(2).map(([name]) => name)
  expect(names).toEqual(["ASKING", "GET", "ASKING", "EVALSHA", "ASKING", "GET", "ASKING", "EVAL"])
  expect(await until(get(1))).toBe("from 2")
  expect(cluster.received(0).at(-1)).toEqual(["GET", "s1"])
  expect(connection.generation(1)).toBe(generation)
})

test("a script that the new owner does not know is sent there by its text, after MOVED as after ASK", async () => {
  const { cluster, script: run, get, until } = clusterScene()
  await until(get(1))
  cluster.run = (args, server) => (args[0] === "EVALSHA" && server === 2 ? noScript : Buffer.from(`from ${server}`))
  cluster.assign(2, 1)
  expect(await until(run(1))).toBe("from 2")
  expect(cluster.received(0).map(([name]) => name)).toEqual(["GET", "EVALSHA"])
  expect(cluster.received(2).map(([name]) => name)).toEqual(["EVALSHA", "EVAL"])
})

test("TRYAGAIN goes to the caller, from the source of a move and from its target", async () => {
  const { cluster, script: run, get, until } = clusterScene()
  await until(get(1))
  cluster.move(1, 2, ["s1"])
  expect(await until(run(1))).toBe("SERVER_REFUSED TRYAGAIN")
  cluster.move(1, 2, ["s1", "s1:ctl", "elsewhere"])
  expect(await until(run(1))).toBe("from 2")
  expect(await until(get(1))).toBe("from 2")
})

test("what is bound to a generation is sent once, where it was granted, and never after the slot", async () => {
  const { cluster, connection, get, script: run, until } = clusterScene()
  await until(get(1))
  const granted = (): { generation: Generation } => ({ generation: connection.generation(1)! })
  expect(await until(get(1, granted()))).toBe("from 0")

  cluster.move(1, 2, ["s1", "s1:ctl"])
  expect(await until(run(1, granted()))).toBe("GENERATION_CHANGED")
  expect(cluster.received(2)).toEqual([])
  cluster.move(1, 2, ["s1"])
  expect(await until(run(1, granted()))).toBe("SERVER_REFUSED TRYAGAIN")

  const old = granted()
  cluster.assign(2, 1)
  expect(await until(get(1, old))).toBe("GENERATION_CHANGED")
  const before = cluster.received(0).length
  expect(await until(get(1, old))).toBe("GENERATION_CHANGED")
  expect([cluster.received(0).length, cluster.received(2).length]).toEqual([before, 0])
  expect(await until(get(1, granted()))).toBe("from 2")
})

test("a slot that moved away and came back has another generation, on the same socket; its neighbours keep theirs", async () => {
  const { cluster, connection, get, until, clock } = clusterScene()
  await until(get(1))
  const [granted, neighbour] = [connection.generation(1)!, connection.generation(2)]
  cluster.assign(2, 1)
  await until(get(1))
  cluster.assign(0, 1)
  expect(await until(get(1))).toBe("from 0")
  await clock.advance(5000)
  expect(connection.generation(1)).not.toBe(granted)
  expect(await until(get(1, { generation: granted }))).toBe("GENERATION_CHANGED")
  expect(connection.generation(2)).toBe(neighbour)
  expect(cluster.servers[0]!.attempts).toBe(2)
})

test("what a slot's target grants before the slot has arrived is bound to nothing that comes later", async () => {
  const { cluster, connection, get, until } = clusterScene()
  await until(Promise.all([get(1), get(16_000)]))
  cluster.move(1, 2, ["s1", "s1:ctl"])
  const used: Generation[] = []
  const how = { onSend: (generation: Generation) => void used.push(generation) }
  await until(outcome(connection.script(1, script, ["s1", "s1:ctl"], [], how)))
  expect(used.map(({ node }) => node.port)).toEqual([7000, 7002])
  cluster.assign(2, 1)
  await until(get(1))
  for (const generation of used) expect(await until(get(1, { generation }))).toBe("GENERATION_CHANGED")
})

test("the generation that a script is told is the one that its slot has", async () => {
  const { connection, until } = clusterScene()
  const used: (Generation | undefined)[] = []
  const how = { onSend: (generation: Generation) => void used.push(generation) }
  await until(outcome(connection.script(9000, script, ["s9000"], [], how)))
  expect(used).toEqual([connection.generation(9000)])
})

test("servers that send a command back and forth are given up after five redirections", async () => {
  const { cluster, get, until } = clusterScene()
  await until(get(1))
  const sendOn = (to: number) => refusal("MOVED", "GET", { slot: 1, address: `scripted:700${to}` })
  for (const [number, server] of cluster.servers.entries()) {
    const answer = server.answer
    server.answer = (args, link) => (args[0] === "GET" ? sendOn(1 - number) : answer(args, link))
  }
  const before = cluster.received(0).length + cluster.received(1).length
  expect(await until(get(1))).toBe("SERVER_REFUSED MOVED")
  expect(cluster.received(0).length + cluster.received(1).length - before).toBe(6)
})

test("all redirections share the deadline of the caller", async () => {
  const { cluster, get, until, clock } = clusterScene()
  await until(Promise.all([get(1), get(16_000)]))
  for (const server of cluster.servers) server.latencyMs = 150
  cluster.assign(2, 1)
  const startMs = clock.monotonic()
  expect(await until(get(1))).toBe("COMMAND_TIMEOUT")
  expect(clock.monotonic() - startMs).toBe(250)
})

test("a second opinion follows the slot too, each time on a socket of its own", async () => {
  const { cluster, get, until } = clusterScene()
  await until(Promise.all([get(1), get(16_000)]))
  const attempts = () => cluster.servers.map((server) => server.attempts)
  const before = attempts()
  cluster.move(1, 2, ["s1"])
  expect(await until(get(1, { fresh: true }))).toBe("from 2")
  expect(cluster.received(2).slice(-2)).toEqual([["ASKING"], ["GET", "s1"]])
  expect(attempts()).toEqual([before[0]! + 1, before[1], before[2]! + 1])
})
