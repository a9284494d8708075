import { startRedis, until, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, glob, type Holdfast, type HoldfastEvent } from "holdfast"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientCells, clientRows, type ClientCell } from "../cells.ts"
import { documentedFor, documentedPermissions, type DocumentedNeed } from "../documented-permissions.ts"
import { serverCells } from "../server-cells.ts"

const memory = { maxmemory: "64mb", policy: "allkeys-lru" }
const [cell] = clientCells as [ClientCell]

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis(memory)
})
afterAll(() => redis.stop())

/** What scripts do without: then what should expire is dropped. */
const doneWithout = ["+setrange", "+strlen"]
/** How health names a command that a script calls on Redis 7.0, which does not say which it is. */
const unnamed = "no permission for: a command"

/** What a user with these permissions is to do, and where. */
interface Trial {
  readonly client?: ClientCell
  readonly server?: RedisProcess
  /** What is used beyond the usual. */
  readonly uses?: readonly DocumentedNeed[]
}

/** Uses all that Holdfast does on a server, as a user with these permissions; answers what went wrong. */
async function troubles(
  permissions: readonly string[],
  { client = cell, server = redis, uses = [] }: Trial = {},
): Promise<string[]> {
  await server.command("FLUSHALL")
  await server.command("SCRIPT", "FLUSH")
  await server.command("ACL", "SETUSER", "shop", "reset", ...permissions)
  const found: string[] = []
  const onEvent = (event: HoldfastEvent): void => {
    if (event.name === "store-error") found.push(`${event.operation}: ${event.code}`)
  }
  const url = `redis://shop:secret@${server.host}:${server.port}${uses.includes("database") ? "/1" : ""}`
  const [index, tracking] = [uses.includes("index"), uses.includes("tracking")]
  const common = { namespace: "shop", onEvent, tracking, commandTimeout: "5s" } as const
  await using holdfast = createHoldfast({ redis: client.create(url), ...common })
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
  await cache.getMany(["a", "b", "d"])
  const firm = holdfast.cache({ name: "firm", ttl: "1m", local: false, load, consistency: "strict", windowTerm: "1s" })
  await firm.write("a", () => ({ id: "a", n: 2 })).catch((error: Error) => found.push(error.message))
  await firm.get("a")
  const tagged = holdfast.cache({ name: "tagged", ttl: "1m", load, tags: () => ["t"], ...(index && { index }) })
  for (const id of ["a", "b", "a"]) await tagged.refresh(id)
  if (tagged.stats().fills < 2) found.push("what is tagged is not stored")
  const { delivered } = await holdfast.invalidateTags(["t"])
  if (!delivered) found.push("a tag is not told of")
  if (index) {
    const { freed } = await holdfast.reclaimTag("t").catch(() => ({ freed: 0 }))
    if (freed !== 2) found.push("dead entries are not freed")
  }
  if (uses.includes("events")) found.push(...(await eventTroubles(holdfast)))
  if (tracking) found.push(...(await trackingTroubles(holdfast)))
  await cache.explain("b").catch((error: Error) => found.push(error.message))
  if (uses.includes("patterns")) {
    const { matched } = await cache.invalidatePattern(glob`*`).catch(() => ({ matched: 0 }))
    if (matched === 0) found.push("a pattern finds nothing")
  }
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

async function trackingTroubles(holdfast: Holdfast): Promise<string[]> {
  const isOn = async (): Promise<boolean> => (await holdfast.health()).tracking.state === "on"
  if (await until(isOn, { timeoutMs: 5000, everyMs: 10 })) return []
  return [`tracking: ${(await holdfast.health()).tracking.why}`]
}

/** What health says once the subscriber connection, which nothing else waits for, has had its time. */
async function settledReasons(holdfast: Holdfast): Promise<readonly string[]> {
  const isWell = async (): Promise<boolean> => (await holdfast.health()).reasons.length === 0
  return (await until(isWell, { timeoutMs: 1000, everyMs: 20 })) === true ? [] : (await holdfast.health()).reasons
}

test.each(clientRows)("%s: the user that the reference describes can do all of it", async (_name, client) => {
  expect(documentedPermissions()).toContain("-@all")
  expect(await troubles(documentedPermissions(), { client })).toEqual([])
  expect(await troubles(documentedPermissions(["index"]), { client, uses: ["index"] })).toEqual([])
  expect(await troubles(documentedPermissions(["events"]), { client, uses: ["events"] })).toEqual([])
})

const needed = documentedPermissions().filter(
  (word) => word.startsWith("+") || word.startsWith("~") || word.startsWith("&"),
)

test.each(needed)("without %s something goes wrong, and it is seen", async (permission) => {
  const others = documentedPermissions().filter((word) => word !== permission)
  const found = await troubles(others)
  expect(found).not.toEqual([])
  // What a connection cannot open without is told in the reason of that; what is refused later, by name, but where a script does without.
  if (permission.startsWith("+") && !doneWithout.includes(permission))
    expect(found.join(" ")).toMatch(new RegExp(`\\${permission}|${unnamed}|does not answer|subscriber`))
})

const beyond = (["index", "events", "database"] as const).flatMap((need) =>
  documentedFor(need).map((permission) => [need, permission] as const),
)

test.each(beyond)("%s: without %s there is trouble with it", async (need, permission) => {
  const others = documentedPermissions([need]).filter((word) => word !== permission)
  const found = await troubles(others, { uses: [need] })
  expect(found).not.toEqual([])
  if (need === "index") expect(found.join(" ")).toMatch(new RegExp(`\\${permission}|${unnamed}`))
})

test("who may scan besides can use patterns, and nobody else", async () => {
  const sweep = async (needs: readonly DocumentedNeed[]): Promise<unknown> => {
    await redis.command("ACL", "SETUSER", "shop", "reset", ...documentedPermissions(needs))
    const url = `redis://shop:secret@${redis.host}:${redis.port}`
    await using holdfast = createHoldfast({ redis: cell.create(url), namespace: "shop", commandTimeout: "5s" })
    const cache = holdfast.cache<string, string>({ name: "swept", ttl: "1m" })
    await cache.put("a", "v")
    return await cache.invalidatePattern(glob`a*`).catch((error: unknown) => error)
  }
  expect(await sweep(["patterns"])).toMatchObject({ matched: 1, delivered: true })
  const refused = { code: "SWEEP_INCOMPLETE", cause: { cause: { code: "SERVER_REFUSED", facts: { reply: "NOPERM" } } } }
  expect(await sweep([])).toMatchObject(refused)
})

describe.each(serverCells.map(({ name, binary }) => [name, binary] as const))("%s", (_name, binary) => {
  test("takes what is documented for it, and the user can do all of it, with newer commands and without", async () => {
    await using server = await startRedis({ ...memory, binary })
    const all: DocumentedNeed[] = [
      "index",
      "events",
      "patterns",
      "tracking",
      "cluster",
      "moving slots",
      "database",
      "newer commands",
    ]
    for (const uses of [["index"] as const, all]) {
      expect(await troubles(documentedPermissions(uses, "shop", binary), { server, uses })).toEqual([])
    }
  })
})
