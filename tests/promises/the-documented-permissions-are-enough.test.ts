import { readFileSync } from "node:fs"
import { startRedis, until, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, glob, type Holdfast, type HoldfastEvent } from "holdfast"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientCells, clientRows, type ClientCell } from "../cells.ts"

const guide = readFileSync(new URL("../../docs/guide/connections.md", import.meta.url), "utf8")
const documented = /^ACL SETUSER shop (.+)$/m.exec(guide)?.[1]?.split(" ") ?? []

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis({ maxmemory: "64mb", policy: "allkeys-lru" })
})
afterAll(() => redis.stop())

/** Uses all that Holdfast does on a server, as a user with these permissions; answers what went wrong. */
async function troubles({ create }: ClientCell, permissions: readonly string[]): Promise<string[]> {
  await redis.command("FLUSHALL")
  await redis.command("SCRIPT", "FLUSH")
  await redis.command("ACL", "SETUSER", "shop", "reset", ...permissions)
  const found: string[] = []
  const onEvent = (event: HoldfastEvent): void => {
    if (event.name === "store-error") found.push(`${event.operation}: ${event.code}`)
  }
  const url = `redis://shop:secret@${redis.host}:${redis.port}`
  await using holdfast = createHoldfast({ redis: create(url), namespace: "shop", onEvent, commandTimeout: "5s" })
  const load = async (id: string): Promise<{ id: string; n: number }> => ({ id, n: 1 })
  const cache = holdfast.cache({ name: "item", ttl: "1m", grace: "1m", load, version: ({ n }) => n })
  await Promise.all(["a", "b", "c"].map((id) => cache.get(id)))
  await cache.get("a")
  await cache.write("a", () => ({ id: "a", n: 2 }))
  await cache.put("a", { id: "a", n: 3 })
  if (cache.stats().fills !== 3) found.push("fills are missing")
  await cache.invalidate("a", { expire: true })
  if ((await cache.peek("a")) === undefined) found.push("expire dropped the entry")
  await cache.invalidate("a")
  const missed = await cache.lookup("a")
  if (!missed.hit) await missed.release()
  const listed = holdfast.cache({ name: "listed", ttl: "1m", load, tags: () => ["t"], index: true })
  for (const id of ["a", "b", "a"]) await listed.refresh(id)
  if (listed.stats().fills < 2) found.push("what is listed is not stored")
  await holdfast.invalidateTags(["t"])
  const { freed } = await holdfast.reclaimTag("t").catch(() => ({ freed: 0 }))
  if (freed !== 2) found.push("dead entries are not freed")
  found.push(...(await eventTroubles(holdfast)))
  await cache.explain("b").catch((error: Error) => found.push(error.message))
  return [...found, ...(await settledReasons(holdfast))]
}

/** Publishes an event that a cache is invalidated on. */
async function eventTroubles(holdfast: Holdfast): Promise<string[]> {
  const event = holdfast.event<string>("changed")
  const load = async (id: string): Promise<string> => id
  holdfast.cache({ name: "heard", ttl: "1m", load, invalidateOn: [event.keys((id) => [id])] })
  const isHandled = async (): Promise<boolean> => event.stats().readers[0]?.lag === 0
  const failure = await event.publish("a").then(
    () => undefined,
    (error: Error) => error.message,
  )
  if (failure !== undefined) return [failure]
  return (await until(isHandled, { timeoutMs: 5000, everyMs: 10 })) === true ? [] : ["events are not read"]
}

/** What health says once the subscriber connection, which nothing else waits for, has had its time. */
async function settledReasons(holdfast: Holdfast): Promise<readonly string[]> {
  const isWell = async (): Promise<boolean> => (await holdfast.health()).reasons.length === 0
  return (await until(isWell, { timeoutMs: 2000, everyMs: 20 })) === true ? [] : (await holdfast.health()).reasons
}

test.each(clientRows)("%s: the user that the guide describes can do all of it", async (_name, cell) => {
  expect(documented).toContain("-@all")
  expect(await troubles(cell, documented)).toEqual([])
})

const needed = documented.filter((word) => word.startsWith("+"))

test.each(needed)("without %s something goes wrong, and it is seen", async (permission) => {
  const [cell] = clientCells
  const others = documented.filter((word) => word !== permission)
  expect(await troubles(cell as ClientCell, others)).not.toEqual([])
})

test("who may ask for newer commands and use them has no trouble either", async () => {
  const [, optional = ""] = /`((?:\+\S+ ?)+)` [^.]*are optional/.exec(guide) ?? []
  expect(optional).toContain("+command|info")
  // This server may be too old to know them by name.
  const known = optional.split(" ").filter((word) => word.startsWith("+command"))
  const [cell] = clientCells
  expect(await troubles(cell as ClientCell, [...documented, ...known])).toEqual([])
})

test("who may scan besides can use patterns, and nobody else", async () => {
  const forPatterns = /With `(\+\S+)` the user may also use \[patterns\]/.exec(guide)?.[1] ?? ""
  const [cell] = clientCells
  const sweep = async (permissions: readonly string[]): Promise<unknown> => {
    await redis.command("ACL", "SETUSER", "shop", "reset", ...permissions)
    const url = `redis://shop:secret@${redis.host}:${redis.port}`
    await using holdfast = createHoldfast({ redis: cell?.create(url), namespace: "shop", commandTimeout: "5s" })
    const cache = holdfast.cache<string, string>({ name: "swept", ttl: "1m" })
    await cache.put("a", "v")
    return await cache.invalidatePattern(glob`a*`).catch((error: unknown) => error)
  }
  expect(await sweep([...documented, forPatterns])).toMatchObject({ matched: 1, delivered: true })
  const refused = { code: "SWEEP_INCOMPLETE", cause: { cause: { code: "SERVER_REFUSED", facts: { reply: "NOPERM" } } } }
  expect(await sweep(documented)).toMatchObject(refused)
})
