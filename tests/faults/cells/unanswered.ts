import { until, type RequestMatch } from "@holdfast/servers"
import { libraryScripts } from "holdfast/testing"
import { expect } from "vitest"
import { namespace } from "../trickle.ts"
import { storeError, type FaultCell, type FaultScene } from "./fault-cell.ts"

const key = "probe"
const valueKey = `${namespace}:{row:${key}}`

/** The server executes a script, and the connection ends before its answer. */
function unanswered(script: string, operation: string, probe: (scene: FaultScene) => Promise<void>): FaultCell {
  return {
    name: `${operation} executed, unanswered`,
    orphansLeases: true,
    async break({ proxy }) {
      await proxy.set({ is: "unanswered", request: calls(script) })
      return () => proxy.set({ is: "pass" })
    },
    async probe(scene) {
      const cuts = scene.proxy.cuts
      await probe(scene)
      expect(scene.proxy.cuts).toBeGreaterThan(cuts)
    },
    delivers: "some",
    health: undefined,
    event: storeError("CONNECTION_CLOSED", operation),
    recoveryMs: 5000,
  }
}

function calls(name: string): RequestMatch {
  const script = libraryScripts.find((each) => each.name === name)
  if (script === undefined) throw new Error(`There is no script "${name}".`)
  return ([, sha1OrLua]) => [script.sha1, script.lua].includes(String(sha1OrLua))
}

export const leaseUnanswered: FaultCell = unanswered("lease", "lease", expectLease)

/** The lease is on record and nobody knows that he has it: the caller gets what is loaded, and it is not stored. */
async function expectLease({ redis, service }: FaultScene): Promise<void> {
  const [{ cache }, other] = service.members
  const version = await service.source.commit(key)
  expect(await cache.get(key)).toMatchObject({ version })
  expect(await redis.command("EXISTS", valueKey)).toBe(0)
  expect(await redis.command("GET", `${valueKey}:ctl`)).toMatch(/^lease /)
  expect(await other.cache.get(key)).toMatchObject({ version })
}

export const fillUnanswered: FaultCell = unanswered("fill", "fill", expectFill)

/** The value is stored and the caller, who has it, does not know: the next change drops it like any other. */
async function expectFill(scene: FaultScene): Promise<void> {
  const { redis, service } = scene
  const [{ cache, events }, other] = service.members
  const version = await service.source.commit(key)
  expect(await cache.get(key)).toMatchObject({ version })
  expect(await redis.command("EXISTS", valueKey)).toBe(1)
  expect(events.findLast(({ name }) => name === "fill")).toMatchObject({ answer: "unknown" })
  expect(await other.cache.get(key)).toMatchObject({ version })
  await changeUntilDelivered(scene)
}

export const invalidateUnanswered: FaultCell = unanswered("invalidate", "invalidate", expectInvalidate)

/** The store knows and the caller does not: the invalidation is journalled, and told again. */
async function expectInvalidate({ redis, service }: FaultScene): Promise<void> {
  const [{ cache, holdfast }, other] = service.members
  await cache.get(key)
  expect(await redis.command("EXISTS", valueKey)).toBe(1)
  const version = await service.source.commit(key)
  expect(await cache.invalidate(key)).toEqual({ delivered: false })
  expect(await redis.command("EXISTS", valueKey)).toBe(0)
  expect(await holdfast.health()).toMatchObject({ undelivered: 1 })
  expect(await cache.get(key)).toMatchObject({ version })
  expect(await other.cache.get(key)).toMatchObject({ version })
}

export const closeUnanswered: FaultCell = unanswered("close-window", "close", expectClose)

/** The written value is stored and the writer does not know: an invalidation follows, which cannot be delivered yet. */
async function expectClose({ redis, service }: FaultScene): Promise<void> {
  const [{ cache }, other] = service.members
  await cache.get(key)
  const write = await cache.write(key, async () => ({ key, version: await service.source.commit(key) }))
  expect(write).toMatchObject({ stored: false, delivered: false })
  const version = await service.source.read(key)
  expect(await redis.command("EXISTS", valueKey)).toBe(1)
  expect(await other.cache.get(key)).toMatchObject({ version })
  expect(await cache.get(key)).toMatchObject({ version })
}

/** Changes the key once the connection is there again, and checks that nobody reads the old value. */
async function changeUntilDelivered({ service }: FaultScene): Promise<void> {
  const [{ cache }, other] = service.members
  const delivered = await until(
    async () => {
      await service.source.commit(key)
      return (await cache.invalidate(key)).delivered
    },
    { timeoutMs: 10_000, everyMs: 20 },
  )
  expect(delivered).toBe(true)
  const version = await service.source.read(key)
  expect(await other.cache.get(key)).toMatchObject({ version })
  expect(await cache.get(key)).toMatchObject({ version })
}
