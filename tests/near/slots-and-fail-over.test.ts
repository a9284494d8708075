import { setTimeout as sleep } from "node:timers/promises"
import { startCluster, until, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clusterCells } from "../cells.ts"
import { memorySource } from "../source.ts"
import { maxStalenessMs, namespace, NearProcess, pastTheBound } from "./near-process.ts"
import { NearService } from "./near-service.ts"
import { clients, type Client } from "./near-topology.ts"

let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1, nodeTimeoutMs: 2000 })
})
afterAll(() => cluster.stop())

function create(client: Client): unknown {
  return clusterCells.find(({ name }) => name === client)?.create(cluster.urls)
}

async function slotOf(key: string): Promise<number> {
  return Number(await cluster.nodes[0]?.command("CLUSTER", "KEYSLOT", `${namespace}:{row:${key}}`))
}

async function another(owner: RedisProcess): Promise<RedisProcess> {
  const owners = await Promise.all([0, 8000, 16_383].map((slot) => cluster.ownerOf(slot)))
  const found = owners.find((server) => server !== owner)
  if (found === undefined) throw new Error("One server has every slot.")
  return found
}

test.each(clients)("%s: a slot that moves fences its old owner, and the new one vouches for it", async (client) => {
  const source = memorySource()
  await using here = new NearProcess({ redis: create(client), source })
  await using elsewhere = new NearProcess({ redis: create(client), source, local: false })
  expect(await here.proved()).toBe(true)
  const key = `moved-${clients.indexOf(client)}`
  await source.commit(key)
  expect(await here.keeps(key)).toBe(true)
  const slot = await slotOf(key)
  const owner = await cluster.ownerOf(slot)
  // Nothing but the fence tells that the entry is gone.
  await source.commit(key)
  await owner.command("DEL", `${namespace}:{row:${key}}`)
  expect(await here.read(key)).toEqual({ version: 1, isNear: true })
  await cluster.moveSlot(slot, await another(owner))
  const seen = async (): Promise<boolean> => (await here.read(key)).version === 2
  expect(await until(seen, { timeoutMs: 4 * maxStalenessMs + 1000, everyMs: 1 })).toBe(true)
  expect(await here.keeps(key)).toBe(true)
  const version = await elsewhere.change(key)
  await pastTheBound()
  expect((await here.read(key)).version).toBe(version)
})

test.each(clients)("%s: while slots are on the move no near hit is older than the bound", async (client) => {
  const service = new NearService({ reader: create(client), writer: create(client) })
  try {
    await service.start()
    for (let at = 0; at < 24; at += 1) {
      const slot = await slotOf(`k${at % 12}`)
      const owner = await cluster.ownerOf(slot)
      const move = await cluster.beginMove(slot, await another(owner))
      await sleep(20)
      await move.migrateKeys()
      await sleep(20)
      await move.finish()
    }
    expect(await service.answersNear()).toBe(true)
    const { answers, stale, longestMs } = service.record.figures
    console.log(
      `${client}, 24 slots moved: longest stale near hit ${longestMs.toFixed(0)} ms, ${stale} of ${answers} reads`,
    )
    expect(await service.end()).toEqual([])
    expect(service.complaints).toEqual([])
  } finally {
    await service.close()
  }
})

/** What is said of a server that is gone, whichever of it is found out first. */
const goneReasons = [
  "the subscriber connection was lost",
  "there is no subscriber connection",
  "a beat had no answer",
  "no beat has come back",
]

test.each(clients)("%s: a primary is killed: near caches are bypassed, and come back with its heir", async (client) => {
  const service = new NearService({ reader: create(client), writer: create(client) })
  const slot = await slotOf("k0")
  const owner = await cluster.ownerOf(slot)
  try {
    await service.start()
    const because = new RegExp(`^\\S+:${owner.port}: (${goneReasons.join("|")})`)
    const [, bypassed] = await Promise.all([owner.kill(), service.bypassed(because)])
    expect(bypassed, `stats and health name the server that is gone, as ${because}`).toBeDefined()
    const inherited = async (): Promise<boolean> => (await cluster.ownerOf(slot)) !== owner
    expect(await until(() => inherited().catch(() => false), { timeoutMs: 20_000, everyMs: 20 })).toBe(true)
    expect(await service.reader.proved(20_000)).toBe(true)
    expect(await service.answersNear()).toBe(true)
    // Invalidations that the replica had not received are told again by who has said them.
    expect(await service.end()).toEqual([])
    const { answers, stale, longestMs } = service.record.figures
    console.log(
      `${client}, primary killed: longest stale answer ${longestMs.toFixed(0)} ms, ${stale} of ${answers} reads; ${bypassed?.why}`,
    )
    for (let at = 0; at < 12; at += 1) {
      const changed = async (): Promise<boolean> => (await service.writer.change(`k${at}`)) !== undefined
      expect(await until(changed, { timeoutMs: 20_000, everyMs: 50 })).toBe(true)
    }
    expect(await service.end()).toEqual([])
  } finally {
    await service.close()
    await owner.restart()
    const back = async (): Promise<boolean> => (await cluster.replicasOf(await cluster.ownerOf(slot))).includes(owner)
    expect(await until(() => back().catch(() => false), { timeoutMs: 20_000, everyMs: 50 })).toBe(true)
  }
})
