import { startRedis, until, type RedisProcess } from "@holdfast/servers"
import { expect, test } from "vitest"
import type { ActorSetup } from "../cache-actor.ts"
import { useStage } from "../stage.ts"
import { shows } from "./shows.ts"

const stage = useStage({ extraArgs: ["--repl-diskless-sync-delay", "0"] })

/** A replica of the primary that has its row, and is cut off and promoted before a change of it is invalidated. */
async function failOver(setup: Partial<ActorSetup>) {
  const [key, sourceUrl] = [stage.key(), stage.redis.url]
  const before = await stage.actor(setup)
  await before.commit(key)
  const isStored = async (): Promise<boolean> => (await before.get(key)) === 1 && (await before.peek(key)) === 1
  expect(await until(isStored, { timeoutMs: 10_000, everyMs: 50 })).toBe(true)
  const replica = await startRedis()
  await replica.command("REPLICAOF", stage.redis.host, String(stage.redis.port))
  expect(await until(() => has(replica, stage.keysOf(key).value), { timeoutMs: 10_000 })).toBe(true)
  await replica.command("REPLICAOF", "NO", "ONE")
  await before.commit(key)
  const isDelivered = async (): Promise<boolean> => (await before.invalidate(key)).delivered
  expect(await until(isDelivered, { timeoutMs: 10_000 })).toBe(true)
  const after = await stage.actor({ ...setup, url: replica.url, sourceUrl })
  return { key, replica, after, [Symbol.asyncDispose]: () => replica.stop() }
}

async function has(server: RedisProcess, key: string): Promise<boolean> {
  return (await server.command("EXISTS", key)) === 1
}

test(shows("H4", "a strict cache does not answer with what the new primary has from the old one"), async () => {
  await using over = await failOver({ windowTerm: "200ms" })
  const { key, replica, after } = over
  expect(await has(replica, stage.keysOf(key).value)).toBe(true)
  expect(await after.peek(key)).toBeUndefined()
  expect(await after.get(key)).toBe(2)
})

test(shows("H4", "what comes back in a leased cache ends with the ttl that it had"), async () => {
  await using over = await failOver({})
  const { key, replica, after } = over
  expect(await after.get(key), "the hole").toBe(1)
  const leftMs = Number(await replica.command("PTTL", stage.keysOf(key).value))
  expect(leftMs).toBeGreaterThan(0)
  expect(leftMs).toBeLessThanOrEqual(60_000)
  // The end of it, without the wait.
  await replica.command("PEXPIRE", stage.keysOf(key).value, "1")
  expect(await until(async () => (await after.get(key)) === 2, { timeoutMs: 5000 })).toBe(true)
})

test(shows("H5", "a load whose connection was replaced is answered and not stored"), async () => {
  const [loading, other] = [await stage.actor(), await stage.actor()]
  const key = stage.key()
  await loading.commit(key)
  loading.hold("loaded")
  const reading = loading.get(key)
  await loading.reached("loaded")
  await stage.redis.command("CLIENT", "KILL", "TYPE", "normal")
  await loading.ready()
  await other.ready()
  expect(await stage.redis.command("EXISTS", stage.keysOf(key).control), "the lease is on record").toBe(1)
  loading.open("loaded")
  expect(await reading).toBe(1)
  expect(await other.peek(key)).toBeUndefined()
  expect(loading.stats().refusedFills).toBe(1)
})
