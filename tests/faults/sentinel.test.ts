import { startSentinels, until, type RedisProcess, type SentinelGroup } from "@holdfast/servers"
import { createHoldfast } from "holdfast"
import { openRedisConnection, type RedisConnection } from "holdfast/testing"
import { createSentinel } from "redis5"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { sentinelCells, sentinelRows, type SentinelCell } from "../cells.ts"
import { documentedForSentinels } from "../documented-permissions.ts"
import { expectTidy } from "../oracle.ts"
import { loadMs, namespace, Trickle, type TrickleReport } from "./trickle.ts"

const passwords = { password: "p@ss:word", sentinelPassword: "of sentinels" }
const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
/** The clients that fail-overs are tried with; each in both major versions if there is time. */
const underLoad = sentinelCells.filter(({ name }) => isDeep || name.endsWith("6"))
/** How long a service may take to use the new primary, once the sentinels have one: attempts to connect are up to 2 s apart. */
const recoveryMs = 8000
/** A look, a lease, a fill and a load, each at its worst, and a wait for another process's load. */
const boundMs = 4 * (250 + loadMs) + 2500

describe("a group at rest", () => {
  let group: SentinelGroup
  let open: RedisConnection[] = []
  beforeAll(async () => {
    group = await startSentinels(passwords)
  })
  afterAll(() => group.stop())
  afterEach(async () => {
    await Promise.all(open.map((connection) => connection.close({ timeoutMs: 100 })))
    open = []
  })

  function connect(client: unknown): RedisConnection {
    const connection = openRedisConnection(client)
    open.push(connection)
    return connection
  }

  /** Connections of clients to a server, without those of sentinels and the one that asks. */
  async function connectionsOf(node: RedisProcess): Promise<number> {
    let lines: string[] = []
    for (const kind of ["normal", "pubsub"]) {
      const list = String(await node.command("CLIENT", "LIST", "TYPE", kind))
      lines = lines.concat(list.match(/^id=.*$/gm) ?? [])
    }
    return lines.filter((line) => !/ name=sentinel-| cmd=client/.test(line)).length
  }

  test.each(sentinelRows)(
    "%s: the primary is found and used, from an object that is never connected; its replicas are not, and all ends",
    async (_name, cell) => {
      const connection = connect(cell.create({ ...group, password: passwords.password }))
      connection.subscribe("c", () => {})
      const subscribed = (): boolean => connection.nodes()[0]?.subscribed === true
      // Finding the primary takes longer than one command.
      expect(String(await connection.command(0, ["SET", "k", "v"], { timeoutMs: 5000 }))).toBe("OK")
      expect(String(await connection.command(0, ["GET", "k"]))).toBe("v")
      expect(await until(subscribed, { timeoutMs: 10_000 })).toBe(true)
      const [primary, ...replicas] = group.servers
      expect(connection.nodes()[0]).toMatchObject({ state: "ready", role: "primary", node: { port: primary?.port } })
      const listening = async (): Promise<boolean> =>
        (await Promise.all(group.sentinels.map(connectionsOf))).every((count) => count === 1)
      expect(await until(listening, { timeoutMs: 5000, everyMs: 20 })).toBe(true)
      expect(await Promise.all(replicas.map(connectionsOf))).toEqual([0, 0])
      await connection.close({ timeoutMs: 100 })
      const all = [...group.servers, ...group.sentinels]
      const ended = async (): Promise<boolean> => (await Promise.all(all.map(connectionsOf))).every((n) => n === 0)
      expect(await until(ended, { timeoutMs: 5000, everyMs: 20 })).toBe(true)
    },
  )

  test.each(sentinelRows)(
    "%s: the user that the reference describes for sentinels is enough, and each of its rights is needed",
    async (_name, cell) => {
      const [usual, forNodeRedis] = documentedForSentinels()
      const rules = cell.name.startsWith("redis") ? [...usual, ...forNodeRedis] : usual
      const sentinels = group.sentinels.map(({ host, port }) => ({ host, port, username: "shop", password: "secret" }))
      const hears = async (permissions: readonly string[], patienceMs: number): Promise<boolean> => {
        for (const each of group.sentinels) await each.command("ACL", "SETUSER", "shop", "reset", ...permissions)
        const connection = connect(cell.create({ ...group, sentinels, password: passwords.password }))
        const pong = await connection.command(0, ["PING"], { timeoutMs: 1000 }).then(String, () => "none")
        const listening = async (): Promise<boolean> =>
          (await Promise.all(group.sentinels.map(connectionsOf))).every((count) => count === 1)
        const isHeard = pong === "PONG" && (await until(listening, { timeoutMs: patienceMs, everyMs: 10 })) === true
        await connection.close({ timeoutMs: 100 })
        return isHeard
      }
      expect(await hears(rules, 10_000)).toBe(true)
      // With more than these node-redis says nothing of them.
      const needed = rules === usual ? usual.filter((rule) => /^[+&]/.test(rule) && rule !== "+sentinel|master") : []
      for (const missing of needed) {
        const others = rules.filter((rule) => rule !== missing)
        expect([missing, await hears(others, 300)]).toEqual([missing, false])
      }
    },
  )

  test.each(sentinelRows)("%s: two frozen sentinels of three do not keep it from the primary", async (_name, cell) => {
    const frozen = group.sentinels.slice(0, 2)
    try {
      for (const each of frozen) each.freeze()
      const connection = connect(cell.create({ ...group, password: passwords.password }))
      const pong = (): Promise<boolean> =>
        connection.command(0, ["PING"]).then(
          () => true,
          () => false,
        )
      expect(await until(pong, { timeoutMs: 10_000, everyMs: 10 })).toBe(true)
    } finally {
      for (const each of frozen) each.thaw()
    }
  })

  test.each(sentinelRows)(
    "%s: what sentinels refuse is said in health, without a secret, and reads go to the source",
    async (_name, cell) => {
      const whyOf = async (places: Parameters<SentinelCell["create"]>[0]): Promise<string> => {
        await using holdfast = createHoldfast({ redis: cell.create(places), namespace: "lost" })
        const cache = holdfast.cache({ name: "item", ttl: "1m", load: async (id: string) => id })
        expect(await cache.get("a")).toBe("a")
        const told = async (): Promise<string | undefined> => {
          const reasons = (await holdfast.health()).reasons.join("; ")
          return /sentinel|user name/.test(reasons) ? reasons : undefined
        }
        return (await until(told, { timeoutMs: 10_000, everyMs: 20 })) ?? (await holdfast.health()).reasons.join("; ")
      }
      const places = { name: group.name, sentinels: group.sentinels, password: passwords.password }
      const wrong = group.sentinels.map(({ host, port }) => ({ host, port, password: "wrong" }))
      expect(await whyOf({ ...places, sentinels: wrong })).toMatch(/refuses the user name or password/)
      expect(await whyOf({ ...places, password: "wrong" })).toMatch(/refuses the user name or password/)
      expect(await whyOf({ ...places, sentinels: [{ host: "127.0.0.1", port: 1 }] })).toMatch(/ECONNREFUSED/)
      expect(await whyOf({ ...places, name: "nobody" })).toMatch(/no primary/)
    },
  )
})

test("what a Sentinel of node-redis 5 is set to cannot be read, and it is refused at once", () => {
  const redis = createSentinel({ name: "shop", sentinelRootNodes: [{ host: "127.0.0.1", port: 1 }] })
  expect(() => createHoldfast({ redis, namespace: "lost" })).toThrow(
    expect.objectContaining({ code: "CLIENT_NOT_SUPPORTED" }),
  )
})

describe.for(underLoad)("$name", { concurrent: true }, (cell) => {
  test("the primary is replaced, asked and killed, under load: reads are answered, and none is stale", async () => {
    await using group = await startSentinels(passwords)
    const places = { ...group, password: passwords.password }
    const within = `${namespace}-${cell.name.replace(" ", "")}`
    const service = new Trickle({ name: cell.name, create: () => cell.create(places) }, "", { within, everyKind: true })
    const reports: TrickleReport[] = []
    try {
      expect(await until(() => hits(service), { timeoutMs: 20_000, everyMs: 20 })).toBe(true)
      service.start()
      await service.report(200)
      // What changes while there are two primaries may be lost with the old one: until it is over nothing does.
      await service.quieten()
      await group.caughtUp()
      service.forgetEvents()
      const asked = await replaced(service, group, () => group.failOver())
      reports.push(asked.report)
      service.disturb()
      reports.push(await service.report(300))
      await service.quieten()
      await group.caughtUp()
      const successors = [primariesOf(service)]
      service.forgetEvents()
      const lost = await group.primary()
      const killed = await replaced(service, group, async () => {
        await lost.kill()
        // From now on there is no primary that could lose anything.
        service.disturb()
        return group.heirOf(lost)
      })
      reports.push(killed.report, await service.report(300))
      successors.push(primariesOf(service))
      judge(cell, reports, { asked: asked.recoveredMs, killed: killed.recoveredMs })
      judgeReads(cell, service, successors)
      if (isDeep) await killedCarelessly(cell, service, group, lost)
      await service.stop()
      await expectAgreement(service)
      await expectTidy(await group.primary(), within)
    } finally {
      await service.close()
    }
  }, 120_000)
})

/** Once everything has been told, again if it was lost, nothing old is left in the store. */
async function expectAgreement(service: Trickle): Promise<void> {
  expect(await until(() => allDelivered(service), { timeoutMs: 20_000, everyMs: 20 })).toBe(true)
  expect(await service.disagreements()).toEqual([])
}

/**
 * Without any care, the changes of the last moments may be lost with the primary: who had made them does not read what was before, nor does
 * anybody in a strict cache, and others only until they are told again.
 */
async function killedCarelessly(
  { name }: SentinelCell,
  service: Trickle,
  group: SentinelGroup,
  spare: RedisProcess,
): Promise<void> {
  const primary = await group.primary()
  await spare.restart()
  await group.caughtUp()
  service.forgetEvents()
  const { report } = await replaced(service, group, async () => {
    await primary.kill()
    return group.heirOf(primary)
  })
  console.log(`${name}, killed under writes: ${report.stale.length} stale answers of ${report.reads}`)
  expect(report.errors).toEqual([])
  const [{ oracle }] = service.members
  expect(oracle.stale).toEqual([])
  if (primariesOf(service).size === 1) expect(service.strictOracle.stale).toEqual([])
  await service.quieten()
  await expectAgreement(service)
}

/** Replaces the primary while reads go on, and waits until every process uses the new one. */
async function replaced(
  service: Trickle,
  group: SentinelGroup,
  replace: () => Promise<RedisProcess>,
): Promise<{ readonly report: TrickleReport; readonly recoveredMs: number }> {
  let heir = await replace()
  let sinceMs = performance.now()
  const used = async (): Promise<boolean> => {
    const named = await group.primary()
    if (named !== heir) sinceMs = performance.now()
    heir = named
    const states = await Promise.all(service.members.map(({ holdfast }) => holdfast.health()))
    return states.every(({ nodes, status }) => status !== "down" && nodes[0]?.node.endsWith(`:${heir.port}`) === true)
  }
  expect(await until(used, { timeoutMs: 2 * recoveryMs, everyMs: 10 })).toBe(true)
  expect(await until(() => hits(service), { timeoutMs: 20_000, everyMs: 10 })).toBe(true)
  const recoveredMs = performance.now() - sinceMs
  return { report: await service.report(50), recoveredMs }
}

function judge(
  { name }: SentinelCell,
  reports: readonly TrickleReport[],
  recovered: Readonly<Record<"asked" | "killed", number>>,
): void {
  const readMs = reports.flatMap((report) => report.readMs).toSorted((a, b) => a - b)
  const p99 = readMs[Math.floor((readMs.length - 1) * 0.99)] ?? 0
  const max = readMs.at(-1) ?? 0
  const [writes, undelivered] = (["writes", "undelivered"] as const).map((what) =>
    reports.reduce((sum, report) => sum + report[what], 0),
  )
  console.log(
    `${name}: ${readMs.length} reads, p99 ${p99.toFixed(0)} ms, max ${max.toFixed(0)} ms; ${writes} writes, ${undelivered} delivered ` +
      `later; used after it was named: asked ${recovered.asked.toFixed(0)} ms, killed ${recovered.killed.toFixed(0)} ms`,
  )
  expect(reports.flatMap(({ errors }) => errors)).toEqual([])
  expect(max).toBeLessThan(boundMs + Math.max(...reports.map(({ stallMs }) => stallMs)))
  expect(Math.max(recovered.asked, recovered.killed)).toBeLessThan(recoveryMs)
}

/** Ports of the primaries that the processes have connected to since they forgot their events. */
function primariesOf({ members }: Trickle): ReadonlySet<number> {
  const ready = members
    .flatMap(({ events }) => events)
    .flatMap((event) => (event.name === "connection" && event.state === "ready" ? [event.node.port] : []))
  return new Set(ready)
}

/**
 * No read is stale, if sentinels have put one primary in the place of another, as they do as a rule. If they have put two there, one after
 * the other, what the first one acknowledged is lost, and processes that have not made the change may read what was before it until it
 * is told again: that nothing is left of it is looked at in the end.
 */
function judgeReads({ name }: SentinelCell, service: Trickle, successors: readonly ReadonlySet<number>[]): void {
  const [{ oracle }] = service.members
  expect(oracle.stale).toEqual([])
  const all = [...service.members.map((member) => member.oracle), service.strictOracle].flatMap(({ stale }) => stale)
  if (successors.every(({ size }) => size === 1)) expect(all).toEqual([])
  else console.log(`${name}: the sentinels have named two primaries, one after the other; ${all.length} stale reads`)
}

/** Whether the store answers a read of every process. */
async function hits({ members }: Trickle): Promise<boolean> {
  const each = members.map(async ({ cache }) => {
    const before = cache.stats().hits
    await cache.get("k0")
    return cache.stats().hits > before
  })
  return (await Promise.all(each)).every(Boolean)
}

async function allDelivered({ members }: Trickle): Promise<boolean> {
  const states = await Promise.all(members.map(({ holdfast }) => holdfast.health()))
  return states.every(({ undelivered, ok }) => undelivered === 0 && ok)
}
