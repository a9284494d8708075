import { spawnWorker, startRedis, type RedisOptions, type RedisProcess, type WorkerProcess } from "@holdfast/servers"
import { entryAddress } from "holdfast/testing"
import { afterAll, afterEach, beforeAll } from "vitest"
import { handlersOf, type ActorHandlers } from "./actor-handlers.ts"
import { Actor, type ActorSetup } from "./cache-actor.ts"
import { expectTidy } from "./oracle.ts"

/** An `Actor` in a process of its own. */
export type CacheWorker = WorkerProcess<ActorHandlers>

/** An `Actor`, wherever it is. */
export type Member = Pick<CacheWorker, "call">

/** A Redis server for the tests of one file, and the actors that use it. After each test nothing may be left behind. */
export interface Stage {
  readonly redis: RedisProcess
  readonly namespace: string
  /** A key that no other test uses. */
  key(): string
  /** An actor in this process; closed after the test. */
  actor(setup?: Partial<ActorSetup>): Promise<Actor>
  /** Three actors in this process: to the store they are three processes, and they take their turns faster. */
  trio(): Promise<readonly [Member, Member, Member]>
  /** The worker process of this name; started when there is none, and kept for the tests that follow. */
  worker(name: string, setup?: Partial<ActorSetup>): Promise<CacheWorker>
  /** The keys of a row in the store. */
  keysOf(key: string): ReturnType<typeof entryAddress>
}

/** Call it once at the top of a test file. */
export function useStage(options: RedisOptions = {}): Stage {
  const namespace = "stage"
  const actors: Actor[] = []
  const workers = new Map<string, CacheWorker>()
  let redis: RedisProcess
  let keys = 0

  beforeAll(async () => {
    redis = await startRedis(options)
  })
  afterEach(async () => {
    await Promise.all(actors.splice(0).map((actor) => actor.close()))
    await expectTidy(redis, namespace)
    await forgetEntries(redis)
  })
  afterAll(async () => {
    // A worker that saw an unhandled rejection has crashed, and fails here.
    await Promise.all([...workers.values()].map((worker) => worker.stop()))
    await redis.stop()
  })

  const actor = async (setup: Partial<ActorSetup> = {}): Promise<Actor> => {
    const made = await Actor.start({ url: redis.url, namespace, ...setup })
    actors.push(made)
    return made
  }
  return {
    namespace,
    get redis() {
      return redis
    },
    key: () => `k${++keys}`,
    keysOf: (key) => entryAddress(namespace, "row", key),
    actor,
    trio: () => Promise.all([member(actor()), member(actor()), member(actor())]),
    async worker(name, setup) {
      const running = workers.get(name)
      if (running !== undefined) return running
      const worker = await startCacheWorker({ url: redis.url, namespace, ...setup })
      workers.set(name, worker)
      void worker.exited.then(() => workers.delete(name))
      return worker
    },
  }
}

export function startCacheWorker(setup: ActorSetup): Promise<CacheWorker> {
  return spawnWorker<ActorHandlers>(new URL("cache-worker.ts", import.meta.url), { args: [JSON.stringify(setup)] })
}

/** An actor of this process, called like one that is a process of its own. */
async function member(starting: Promise<Actor>): Promise<Member> {
  const handlers = handlersOf(await starting)
  return {
    call: async (name, ...args) => {
      const handler = handlers[name] as (...args: unknown[]) => never
      return handler(...args)
    },
  }
}

/**
 * Leaves tags and their clock, whose keys have a "#", where they are: workers know them from one test to the next, and a process whose
 * tag clock is lost keeps nothing of its next load.
 */
async function forgetEntries(redis: RedisProcess): Promise<void> {
  const keys = (await redis.command("KEYS", "*")) as string[]
  const entries = keys.filter((key) => !key.includes("#"))
  if (entries.length > 0) await redis.command("DEL", ...entries)
}
