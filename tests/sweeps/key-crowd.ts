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

/** Ends what moves slots now. */
let endMoving: (() => Promise<number>) | undefined

/** Ends the moves that a failed test has left behind: beside others they cost the servers keys. */
export async function endMoves(): Promise<void> {
  await endMoving?.().catch(() => {})
}

/** Moves slot after slot to another server until it is told to end; answers how many. Throws while others are moved. */
export function moveSlots(
  cluster: RedisCluster,
  nodes: readonly RedisProcess[],
): { moved(): number; end(): Promise<number> } {
  if (endMoving !== undefined) throw new Error("Slots are being moved already: two who move the same slots lose keys.")
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
  // Whoever ends it hears of it.
  moving.catch(() => {})
  const end = async (): Promise<number> => {
    ended = true
    await moving.finally(() => (endMoving = undefined))
    return moved
  }
  endMoving = end
  return { moved: () => moved, end }
}

/** How long one kind of command took, in milliseconds. */
export interface Took {
  readonly count: number
  readonly p50: number
  readonly p99: number
}

/** Asks all servers all the time, in turn for nothing and for the first keys of {@link stock}, until it is told to end. */
export function askAllTheTime(
  client: unknown,
  namespace: string,
): { asked(): number; end(): Promise<{ readonly ping: Took; readonly get: Took }> } {
  const connection = openRedisConnection(client, { commandTimeoutMs: 5000 })
  const tookMs = { ping: [] as number[], get: [] as number[] }
  let ended = false
  const ask = async (into: number[], slot: number, command: readonly string[]): Promise<void> => {
    const sentMs = performance.now()
    await connection.command(slot, command)
    into.push(performance.now() - sentMs)
  }
  const askOn = async (): Promise<void> => {
    for (let at = 0; !ended; at++) {
      const { value, slot } = addressOf(namespace, at % 10_000)
      await ask(tookMs.ping, (at * 4099) % 16_384, ["PING"])
      await ask(tookMs.get, slot, ["GET", value])
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const asking = askOn()
  let failure: Error | undefined
  asking.catch((error: unknown) => (failure = error as Error))
  return {
    asked: () => {
      // Whoever waits for more of them would wait for ever.
      if (failure !== undefined) throw failure
      return tookMs.get.length
    },
    end: async () => {
      ended = true
      await asking
      await connection.close({ timeoutMs: 1000 })
      return { ping: summary(tookMs.ping), get: summary(tookMs.get) }
    },
  }
}

function summary(tookMs: readonly number[]): Took {
  const sorted = tookMs.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99) }
}
