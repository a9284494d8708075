import type { RedisCluster, RedisProcess } from "@holdfast/servers"
import { entryAddress, openRedisConnection } from "holdfast/testing"

/** Keys that go into one round trip. */
const batchSize = 1000

/** Where the entry of the cache "row" with this number lives. */
export function addressOf(namespace: string, number: number): ReturnType<typeof entryAddress> {
  return entryAddress(namespace, "row", `r${number}`)
}

/** Puts that many values under the keys of entries, by hand: what they hold does not matter to a sweep. */
export async function stock(client: unknown, namespace: string, count: number): Promise<void> {
  const connection = openRedisConnection(client, { commandTimeoutMs: 10_000, maxInFlight: 10_000 })
  for (let from = 0; from < count; from += batchSize) {
    const numbers = Array.from({ length: Math.min(batchSize, count - from) }, (_none, at) => from + at)
    await Promise.all(
      numbers.map((number) => {
        const { value, slot } = addressOf(namespace, number)
        return connection.command(slot, ["SET", value, `value ${number}`])
      }),
    )
  }
  await connection.close({ timeoutMs: 1000 })
}

/** The primaries of a cluster. */
export async function primariesOf(cluster: RedisCluster): Promise<readonly RedisProcess[]> {
  return [...new Set(await Promise.all([0, 5000, 8000, 12_000, 16_383].map((slot) => cluster.ownerOf(slot))))]
}

/** How many keys the servers hold in all. */
export async function keysIn(nodes: readonly RedisProcess[]): Promise<number> {
  const sizes = await Promise.all(nodes.map((node) => node.command("DBSIZE")))
  return sizes.reduce((sum: number, size) => sum + Number(size), 0)
}

/** Slots in a row that one server gets, as in a resharding. */
const slotsPerTarget = 50

/** Where the last moves ended: those that follow find slots that are not where they would bring them. */
let turn = 0

/** Moves slot after slot to another server until it is told to end; answers how many. */
export function moveSlots(cluster: RedisCluster, nodes: readonly RedisProcess[]): { end(): Promise<number> } {
  let [ended, moved] = [false, 0]
  const move = async (): Promise<void> => {
    for (; !ended; turn++) {
      const slot = (turn * 2731) % 16_384
      const owner = await cluster.ownerOf(slot)
      const to = nodes[Math.floor(turn / slotsPerTarget) % nodes.length]
      if (to === undefined || to === owner) continue
      await cluster.moveSlot(slot, to)
      moved += 1
    }
  }
  const moving = move()
  return {
    end: async () => {
      ended = true
      await moving
      return moved
    },
  }
}

/** Asks a server for one key all the time until it is told to end; answers how long that took, in milliseconds. */
export function askAllTheTime(client: unknown): { end(): Promise<{ readonly p50: number; readonly p99: number }> } {
  const connection = openRedisConnection(client, { commandTimeoutMs: 5000 })
  const tookMs: number[] = []
  let ended = false
  const ask = async (): Promise<void> => {
    for (let at = 0; !ended; at++) {
      const slot = (at * 4099) % 16_384
      const sentMs = performance.now()
      await connection.command(slot, ["PING"])
      tookMs.push(performance.now() - sentMs)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const asking = ask()
  return {
    end: async () => {
      ended = true
      await asking
      await connection.close({ timeoutMs: 1000 })
      const sorted = tookMs.toSorted((a, b) => a - b)
      const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
      return { p50: at(0.5), p99: at(0.99) }
    },
  }
}
