import { entryAddress, openRedisConnection } from "holdfast/testing"
import { createClient, createCluster } from "redis"

/** Where keys are swept. */
export interface Place {
  /** Of every primary. */
  readonly urls: readonly string[]
  readonly isCluster: boolean
}

/** The first parts of every key: namespace and cache. */
export const names = { namespace: "bench", cache: "row" } as const

/** A client for the place, not connected. */
export function clientOf({ urls: [url = "", ...others], isCluster }: Place): unknown {
  return isCluster
    ? createCluster({ rootNodes: [url, ...others].map((each) => ({ url: each })) })
    : createClient({ url })
}

/** Puts values under the keys of so many entries: what they hold does not matter to a sweep. */
export async function stock(place: Place, count: number): Promise<void> {
  const connection = openRedisConnection(clientOf(place), { commandTimeoutMs: 10_000, maxInFlight: 10_000 })
  const set = async (number: number): Promise<void> => {
    const { value, slot } = entryAddress(names.namespace, names.cache, `r${number}`)
    await connection.command(slot, ["SET", value, `value ${number}`, "EX", "600"])
  }
  while (connection.nodes().length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  for (let from = 0; from < count; from += 1000) {
    await Promise.all(Array.from({ length: Math.min(1000, count - from) }, (_none, n) => set(from + n)))
  }
  await connection.close({ timeoutMs: 1000 })
}
