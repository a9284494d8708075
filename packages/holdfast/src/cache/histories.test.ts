import { expect, test } from "vitest"
import type { Random } from "../contracts/random.ts"
import type { Store } from "../contracts/store.ts"
import { BatchPartialError } from "../errors/batch-partial-error.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import type { VirtualClock } from "../testing/virtual-clock.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"
import { testBed } from "./cache.fixture.ts"

/**
 * Random histories of three processes on one store, with slow, lost, unanswered and late commands, late and lost wake-ups, slow
 * and failing loads, of one key and of two, and overlapping writers. The oracle: a read never answers a version below what was delivered before it began (in its own process:
 * below what was acknowledged before it began).
 */
const histories = process.env["HOLDFAST_DEEP"] ? 5000 : 100
const firstSeed = Number(process.env["SEED"] ?? 1)

test(`no read is older than its guarantee in ${histories} random histories (SEED=${firstSeed})`, async () => {
  const found: string[] = []
  let reads = 0
  for (let seed = firstSeed; seed < firstSeed + histories && found.length < 3; seed += 1) {
    const history = await runHistory(seed)
    reads += history.reads
    if (history.violation !== undefined) found.push(`seed ${seed}: ${history.violation}`)
  }
  expect(found).toEqual([])
  expect(reads).toBeGreaterThan(histories * 20)
}, 900_000)

interface Row {
  readonly version: number
}

async function runHistory(seed: number): Promise<{ reads: number; violation: string | undefined }> {
  const random = seededRandom(seed)
  const bed = testBed()
  const { clock } = bed
  const source = { version: 1 }
  const delivered = { version: 0 }
  let violation: string | undefined
  let reads = 0
  const withVersion = random.float() < 0.3
  const policy = {
    name: "row",
    ttl: "2s",
    jitter: "0%",
    loadTimeout: "3s",
    grace: random.float() < 0.5 ? "1s" : "0s",
  } as const

  const processes = [0, 1, 2].map(() => {
    const holdfast = bed.peer(faulty(bed.store, clock, random))
    const load = async (_id: string): Promise<Row> => {
      await pause(clock, random, 40)
      const { version } = source
      await pause(clock, random, 40)
      if (random.float() < 0.05) throw new Error("the source failed")
      return { version }
    }
    const loadMany = async (ids: readonly string[]): Promise<ReadonlyMap<string, Row>> => {
      const row = await load("any")
      return new Map(ids.map((id) => [id, row]))
    }
    const cache: ReadThroughCache<string, Row> = withVersion
      ? holdfast.cache({ ...policy, load, loadMany, version: (row) => row.version })
      : holdfast.cache({ ...policy, load, loadMany })
    return { cache, acknowledged: { version: 0 } }
  })

  async function read(process: (typeof processes)[0]): Promise<void> {
    const floor = Math.max(delivered.version, process.acknowledged.version)
    const reading = random.float() < 0.3 ? withAnother(process.cache) : process.cache.get("a")
    const row = await reading.catch(() => undefined)
    reads += 1
    if (row !== undefined && row.version < floor)
      violation ??= `read ${row.version}, promised ${floor} at ${clock.monotonic()} ms`
  }

  async function change(process: (typeof processes)[0]): Promise<void> {
    const commit = async (): Promise<Row> => {
      await pause(clock, random, 30)
      const version = ++source.version
      await pause(clock, random, 30)
      return { version }
    }
    if (random.float() < 0.5) {
      const written = await process.cache.write("a", commit)
      acknowledge(process, written.value?.version ?? 0, written.delivered)
    } else {
      const { version } = await commit()
      const { delivered: told } = await process.cache.invalidate("a", withVersion ? { version } : {})
      acknowledge(process, version, told)
    }
  }

  function acknowledge(process: (typeof processes)[0], version: number, told: boolean): void {
    process.acknowledged.version = Math.max(process.acknowledged.version, version)
    if (told) delivered.version = Math.max(delivered.version, version)
  }

  const clients = Array.from({ length: 8 }, async () => {
    for (let step = 0; step < 8; step += 1) {
      await pause(clock, random, random.float() < 0.1 ? 1500 : 60)
      const process = processes[Math.floor(random.float() * processes.length)] as (typeof processes)[0]
      await (random.float() < 0.7 ? read(process) : change(process))
    }
  })
  await clock.runUntil(Promise.all(clients))
  return { reads, violation }
}

/** The same key in company of one that never changes. */
async function withAnother(cache: ReadThroughCache<string, Row>): Promise<Row | undefined> {
  try {
    return (await cache.getMany(["b", "a"]))[1]
  } catch (error) {
    if (error instanceof BatchPartialError) return error.values.get("a")
    throw error
  }
}

function pause(clock: VirtualClock, random: Random, mostMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimeout(resolve, random.float() * mostMs))
}

/** Each command takes time both ways; some are lost, some executed without an answer, some executed long after they were given up. */
function faulty(store: Store, clock: VirtualClock, random: Random): Store {
  const sync = new Set<PropertyKey>(["now", "isCurrent", "kind"])
  const late: Store["onWake"] = (address, wake) =>
    store.onWake(address, (reason) => {
      if (random.float() < 0.8) void pause(clock, random, 100).then(() => wake(reason))
    })
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name === "onWake") return late
      if (typeof member !== "function" || sync.has(name))
        return typeof member === "function" ? member.bind(target) : member
      return async (...args: unknown[]): Promise<unknown> => {
        const fault = random.float()
        await pause(clock, random, 5)
        if (fault < 0.03) throw timeout()
        if (fault < 0.06) {
          void pause(clock, random, 400).then(() => Reflect.apply(member, target, args).catch(() => {}))
          throw timeout()
        }
        const answer: unknown = await Reflect.apply(member, target, args)
        await pause(clock, random, fault < 0.15 ? 60 : 5)
        if (fault > 0.97) throw timeout()
        return answer
      }
    },
  })
}

function timeout(): HoldfastError {
  return new HoldfastError("COMMAND_TIMEOUT", "lost.")
}
