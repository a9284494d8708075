import { setTimeout as sleep } from "node:timers/promises"
import { until, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import {
  memoryStore,
  openRedisStore,
  systemClock,
  systemRandom,
  virtualClock,
  type StoreSubject,
} from "holdfast/testing"
import type { Store } from "holdfast"

/** An in-process store on a clock of its own, which starts now. */
export function memorySubject(): StoreSubject {
  const clock = virtualClock({ wallMs: Date.now() })
  const store = memoryStore({ clock })
  return {
    store,
    namespace: "in-process",
    advance: (ms) => clock.advance(ms),
    evict: async (key) => store.evict(key),
    forgetScripts: async () => {},
    close: () => store.close({ timeoutMs: 0 }),
  }
}

/** A Redis store on connections of its own, ready to answer and to wake by push. */
export async function redisSubject(
  servers: RedisProcess | RedisCluster,
  client: unknown,
  namespace: string,
  { accelerate = true } = {},
): Promise<StoreSubject> {
  const nodes = "nodes" in servers ? servers.nodes : [servers]
  const store = openRedisStore({
    redis: client,
    namespace,
    clock: systemClock,
    random: systemRandom,
    commandTimeoutMs: 5000,
    maxInFlight: 4096,
    accelerate,
    report: undefined,
  })
  await ready(store)
  return {
    store,
    namespace,
    advance: (ms) => sleep(ms),
    evict: async (key) => {
      const owner = "nodes" in servers ? await servers.ownerOf(key) : servers
      await owner.command("DEL", key)
    },
    forgetScripts: async () => void (await Promise.all(nodes.map((node) => node.command("SCRIPT", "FLUSH")))),
    close: () => store.close({ timeoutMs: 1000 }),
  }
}

async function ready(store: Store): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const nodes = await store.health()
    return nodes.every(({ ok, findings }) => ok && findings.every(({ id }) => id !== "subscriber-down"))
  }
  if ((await until(isReady, { timeoutMs: 20_000 })) === undefined)
    throw new Error("The store was not ready within 20 s.")
}
