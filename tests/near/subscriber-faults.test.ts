import { setTimeout as sleep } from "node:timers/promises"
import { until, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { shows } from "../holes/shows.ts"
import { maxStalenessMs, namespace } from "./near-process.ts"
import { NearService } from "./near-service.ts"
import { clients, clustered, standalone, type Client, type Topology } from "./near-topology.ts"

/** What happens to the connection on which a process hears of changes, while its other connection goes on. */
interface SubscriberFault {
  readonly name: string
  /** Makes it. Answers with what ends it. */
  break(topology: Topology): Promise<() => Promise<void>>
  /** What `stats()` says then. */
  readonly why: RegExp
  /** Whether a change can go unheard until the bound ends its service. */
  readonly hides: boolean
}

const lost = /there is no subscriber connection|the subscriber connection was lost|no beat has come back/
const late = /no beat has come back in time|there is no subscriber connection|the subscriber connection was lost/

const faults: readonly SubscriberFault[] = [
  {
    name: "killed, several times",
    async break({ servers }) {
      for (let time = 0; time < 5; time += 1) {
        await Promise.all(servers.map((server) => server.command("CLIENT", "KILL", "TYPE", "pubsub")))
        await sleep(20)
      }
      return async () => {}
    },
    why: lost,
    hides: false,
  },
  {
    name: "half open: what is sent is taken and never arrives",
    async break(topology) {
      topology.setOnly("subscribers", { is: "hold" })
      return () => topology.pass()
    },
    why: late,
    hides: true,
  },
  {
    name: "paused: nobody reads at either end",
    async break(topology) {
      topology.setOnly("subscribers", { is: "silent" })
      return () => topology.pass()
    },
    why: late,
    hides: true,
  },
  {
    name: "late: every message comes after more than the bound",
    async break(topology) {
      topology.setOnly("subscribers", { is: "delay", delayMs: 2 * maxStalenessMs, direction: "replies" })
      return () => topology.pass()
    },
    why: late,
    hides: true,
  },
  {
    name: "too slow: the server drops it",
    async break(topology) {
      await Promise.all(topology.servers.map(limitSubscribers))
      topology.setOnly("subscribers", { is: "silent" })
      // What changes before the server has had enough goes unheard.
      await sleep(maxStalenessMs / 2)
      expect(await dropSubscribers(topology.servers)).toBe(true)
      return () => topology.pass()
    },
    why: late,
    hides: true,
  },
]

function limitSubscribers(server: RedisProcess): Promise<unknown> {
  return server.command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 256kb 0 0")
}

/** Publishes until every server has had enough of those who do not read. */
async function dropSubscribers(servers: readonly RedisProcess[]): Promise<boolean> {
  const message = `f${"x".repeat(1024 * 1024)}`
  const before = await Promise.all(servers.map(subscribersOf))
  const dropped = async (): Promise<boolean> => {
    await servers[0]?.command("PUBLISH", `${namespace}:wake`, message)
    const now = await Promise.all(servers.map(subscribersOf))
    return now.every((count, at) => count < (before[at] ?? 0))
  }
  return (await until(dropped, { timeoutMs: 15_000, everyMs: 1 })) === true
}

async function subscribersOf(server: RedisProcess): Promise<number> {
  const list = String(await server.command("CLIENT", "LIST", "TYPE", "pubsub"))
  return list.match(/^id=/gm)?.length ?? 0
}

/** On a busy machine a fault may come when nothing is served: so many times it is made at most, until it has hidden something. */
const patience = 3
/** A change is hidden, and not just late, if answers are outdated for so much longer than before the fault, in milliseconds. */
const hiddenMs = maxStalenessMs / 10

describe.each([
  ["standalone", standalone],
  ["cluster", clustered],
] as const)("%s", (topologyName, start) => {
  let topology: Topology
  /** By fault: the longest by which an answer of any client was outdated for longer than one before it, in milliseconds. */
  const hidden = new Map<string, number>()
  beforeAll(async () => {
    topology = await start()
  })
  afterAll(() => topology.stop())

  const cells = clients.flatMap((client) => faults.map((fault) => [client, fault.name, fault] as const))

  /** For how much longer than before it an answer was outdated, in milliseconds. */
  const expectTheBound = async (client: Client, fault: SubscriberFault): Promise<number> => {
    await Promise.all(topology.servers.map((server) => server.command("FLUSHALL")))
    const service = new NearService({ reader: topology.through(client), writer: topology.direct(client) })
    try {
      await service.start()
      await sleep(maxStalenessMs)
      const calm = service.record.figures
      const [heal, bypassed] = await Promise.all([fault.break(topology), service.bypassed()])
      expect(bypassed?.why).toMatch(fault.why)
      expect(bypassed?.health[0]).toMatch(fault.why)
      await sleep(2 * maxStalenessMs)
      const { answers, stale, longestMs } = service.record.figures
      await heal()
      const healedMs = performance.now()
      expect(await service.reader.proved(20_000)).toBe(true)
      const provedMs = performance.now() - healedMs
      expect(await service.answersNear()).toBe(true)
      console.log(
        `${topologyName}, ${client}, ${fault.name}: longest stale near hit ${longestMs.toFixed(0)} ms (calm ${calm.longestMs.toFixed(1)} ms), ` +
          `${stale} of ${answers} reads; proved again after ${provedMs.toFixed(0)} ms; ${bypassed?.why}`,
      )
      expect(await service.end()).toEqual([])
      expect(service.complaints).toEqual([])
      return longestMs - calm.longestMs
    } finally {
      await service.close()
      await topology.pass()
    }
  }

  test.each(cells)(
    `%s: a subscriber connection that is %s: ${shows("H9", "nothing older is served than the bound allows")}`,
    async (client, name, fault) => {
      for (let time = 0; time < patience; time += 1) {
        hidden.set(name, Math.max(hidden.get(name) ?? 0, await expectTheBound(client, fault)))
        if (!fault.hides || (hidden.get(name) ?? 0) > hiddenMs) break
      }
    },
    120_000,
  )

  // Else it has shown nothing.
  test.each(faults.filter(({ hides }) => hides))("$name: that has hidden changes from near caches", ({ name }) => {
    expect(hidden.get(name)).toBeGreaterThan(hiddenMs)
  })
})
