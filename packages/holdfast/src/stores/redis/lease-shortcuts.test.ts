import { expect, test } from "vitest"
import { redisConnection } from "../../connection/redis-connection.ts"
import type { ServerFeature } from "../../contracts/redis-connection.ts"
import type { LeaseGrant } from "../../contracts/store.ts"
import { EntryAddress } from "../../entry/key.ts"
import { extendLease } from "../../scripts/generated/extend-lease.ts"
import { lease } from "../../scripts/generated/lease.ts"
import { releaseLease } from "../../scripts/generated/release-lease.ts"
import { refusal, ScriptedServer, type ScriptedReply } from "../../testing/scripted-server.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock } from "../../testing/virtual-clock.ts"
import { redisStore } from "./redis-store.ts"

const address = new EntryAddress("shop:{product:42}")
const token = "t".repeat(32)
const names = new Map([lease, extendLease, releaseLease].map(({ sha1, name }) => [sha1, name]))
const all: readonly ServerFeature[] = ["SET IFEQ", "DELEX", "DELIFEQ"]

interface Script {
  readonly features?: readonly ServerFeature[]
  readonly accelerate?: boolean
  /** What the server answers to the newer commands. */
  native?: (args: readonly string[]) => ScriptedReply
}

/** A store on a scripted server that grants every lease on a record of its own; the deadline is on the server's clock. */
async function setup(script: Script = {}) {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  server.features = script.features ?? all
  server.skewMs = 3_600_000
  const grants = { deadlineMs: 0 }
  server.answer = (args) => {
    const name = names.get(args[1] ?? "")
    if (name === undefined) return script.native?.(args) ?? (args[0] === "SET" ? Buffer.from("OK") : 1)
    if (name !== "lease") return Buffer.from(name === "extend-lease" ? "held" : "released")
    grants.deadlineMs = clock.now() + server.skewMs + Number(args[6])
    return [Buffer.from("win"), grants.deadlineMs]
  }
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1) })
  const { accelerate = true } = script
  const store = redisStore({ connection, namespace: "shop", clock, random: seededRandom(1), accelerate })
  await clock.advance(10)
  async function win(): Promise<LeaseGrant> {
    const answer = await clock.runUntil(store.lease(address, { token, leaseMs: 2000, rejected: undefined }))
    server.received.length = 0
    if (answer.is !== "win") throw new Error(answer.is)
    return answer.grant
  }
  /** What has been sent since the grant, scripts by their names. */
  const sent = (): string[] =>
    server.received.filter(([name]) => name !== "SUBSCRIBE").map((args) => names.get(args[1] ?? "") ?? args.join(" "))
  return { clock, server, connection, store, win, sent, grants, script }
}

const lineOf = (deadlineMs: number): string => `lease ${token} ${deadlineMs} 0`

test("an extension compares the whole record, and moves its deadline on by the time that has passed since the grant", async () => {
  const { clock, server, store, win, sent, grants } = await setup()
  const grant = await win()
  const first = grants.deadlineMs
  await clock.advance(700)
  // Nothing that happens to our clock or the server's can move the deadline.
  clock.jumpWall(-50_000)
  server.skewMs += 90_000
  expect(await clock.runUntil(store.extendLease(grant, 2000))).toBe("held")
  await clock.advance(699)
  expect(await clock.runUntil(store.extendLease(grant, 2000))).toBe("held")
  const [second, third] = [first + 700, first + 1400]
  expect(sent()).toEqual([
    `SET ${address.control} ${lineOf(second)} IFEQ ${lineOf(first)} PXAT ${second}`,
    `SET ${address.control} ${lineOf(third)} IFEQ ${lineOf(second)} PXAT ${third}`,
  ])
})

test("an extension never takes time away, and writes whole milliseconds", async () => {
  const { clock, store, win, sent, grants } = await setup()
  const grant = await win()
  await clock.advance(100)
  await clock.runUntil(store.extendLease(grant, 5.5))
  await clock.runUntil(store.extendLease(grant, 2000.25))
  expect(sent().map((line) => Number(line.split(" ").at(-1)))).toEqual([grants.deadlineMs, grants.deadlineMs + 102])
})

test.each([
  ["DELEX", ["DELEX"], `DELEX ${address.control} IFEQ `],
  ["DELIFEQ", ["DELIFEQ"], `DELIFEQ ${address.control} `],
] as const)("a lease is given back with %s", async (_name, features, command) => {
  const { clock, store, win, sent, grants } = await setup({ features })
  await clock.runUntil(store.releaseLease(await win(), "failed"))
  expect(sent()).toEqual([command + lineOf(grants.deadlineMs)])
})

test.each([
  ["a server without the commands", { features: [] }],
  ["a store that must not use them", { accelerate: false }],
])("%s: the scripts alone are sent", async (_name, script) => {
  const { clock, store, win, sent } = await setup(script)
  const grant = await win()
  await clock.runUntil(store.extendLease(grant, 2000))
  await clock.runUntil(store.releaseLease(grant, "failed"))
  expect(sent()).toEqual(["extend-lease", "release-lease"])
})

test("a record that differs is left to the script, in the same operation and for the rest of the lease", async () => {
  const { clock, store, win, sent } = await setup({ native: ([name]) => (name === "SET" ? null : 0) })
  const grant = await win()
  expect(await clock.runUntil(store.extendLease(grant, 2000))).toBe("held")
  await clock.runUntil(store.extendLease(grant, 2000))
  await clock.runUntil(store.releaseLease(grant, "failed"))
  await clock.runUntil(store.releaseLease(await win(), "failed"))
  expect(sent()).toEqual([expect.stringMatching(/^DELEX/), "release-lease"])
})

test("what cannot be known is left to the script: an extension without an answer, or under way", async () => {
  const { clock, store, win, sent, script } = await setup({ native: () => "never" })
  const grant = await win()
  const late = store.extendLease(grant, 2000).catch((error: { code: string }) => error.code)
  await clock.runUntil(store.releaseLease(grant, "failed"))
  expect(await clock.runUntil(late)).toBe("COMMAND_TIMEOUT")
  delete script.native
  expect(await clock.runUntil(store.extendLease(grant, 2000))).toBe("held")
  expect(sent()).toEqual([expect.stringMatching(/^SET/), "release-lease", "extend-lease"])
})

test.each(["ERR", "NOPERM"])(
  "a command that is refused with %s is not tried again on this connection, but on the next",
  async (word) => {
    const { clock, server, connection, store, win, sent } = await setup({ native: () => refusal(word) })
    expect(await clock.runUntil(store.extendLease(await win(), 2000))).toBe("held")
    expect(sent()).toEqual([expect.stringMatching(/^SET/), "extend-lease"])
    expect(connection.nodes()[0]?.features).toEqual(["DELEX", "DELIFEQ"])
    expect(await clock.runUntil(store.extendLease(await win(), 2000))).toBe("held")
    expect(sent()).toEqual(["extend-lease"])
    server.reset()
    server.features = ["SET IFEQ"]
    await clock.advance(3000)
    expect(server.probes).toBe(2)
    expect(connection.nodes()[0]?.features).toEqual(["SET IFEQ"])
    await clock.runUntil(store.extendLease(await win(), 2000))
    expect(sent()).toEqual([expect.stringMatching(/^SET/), "extend-lease"])
  },
)

test("any other refusal is the script's to answer for, and the command stays in use", async () => {
  const { clock, connection, store, win, sent } = await setup({ native: () => refusal("WRONGTYPE") })
  await clock.runUntil(store.releaseLease(await win(), "failed"))
  expect(sent()).toEqual([expect.stringMatching(/^DELEX/), "release-lease"])
  expect(connection.nodes()[0]?.features.toSorted()).toEqual(all.toSorted())
})

test("a reply that no such command has costs the connection its trust", async () => {
  const { clock, server, store, win } = await setup({ native: () => Buffer.from("HF") })
  const release = store.releaseLease(await win(), "failed").catch((error: { code: string }) => error.code)
  expect(await clock.runUntil(release)).toBe("SERVER_REFUSED")
  expect(server.open.map(({ purpose }) => purpose)).toEqual(["subscriber"])
})

test("a lease of an earlier connection is extended by nobody and given back by the script", async () => {
  const { clock, server, store, win, sent } = await setup()
  const grant = await win()
  server.reset()
  await clock.advance(3000)
  expect(await clock.runUntil(store.extendLease(grant, 2000))).toBe("gone")
  await clock.runUntil(store.releaseLease(grant, "failed"))
  expect(sent()).toEqual(["release-lease"])
})

test("what is given back by the script leaves before whatever is asked for next", async () => {
  const { clock, store, win, sent } = await setup({ features: [] })
  const grant = await win()
  const released = store.releaseLease(grant, "failed")
  await clock.runUntil(store.lease(address, { token, leaseMs: 2000, rejected: undefined }))
  await released
  expect(sent()).toEqual(["release-lease", "lease"])
})
