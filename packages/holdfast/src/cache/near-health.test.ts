import { expect, test } from "vitest"
import type { HealthFinding } from "../contracts/store.ts"
import { HeldCoherence } from "../near/near.fixture.ts"
import { nearTier } from "../near/near-tier.ts"
import { overriding, testBed } from "./cache.fixture.ts"

const policy = { name: "product", ttl: "60s", load: async (id: string): Promise<string> => id } as const

test("health says why near caches are bypassed", async () => {
  const coherence = new HeldCoherence()
  const { holdfast } = testBed((store) => overriding(store, { coherence }), { nearTier })
  expect(await holdfast.health()).toMatchObject({ status: "ok", nearCaches: [] })
  holdfast.cache(policy)
  coherence.vouching = undefined
  expect(await holdfast.health()).toMatchObject({
    status: "degraded",
    ok: true,
    nearCaches: ["held: held back"],
    reasons: ["Near caches are bypassed: held: held back."],
  })
})

test("near caches that have only just begun are a notice, and no trouble", async () => {
  const coherence = new HeldCoherence()
  const { holdfast } = testBed((store) => overriding(store, { coherence }), { nearTier })
  holdfast.cache(policy)
  coherence.vouching = undefined
  coherence.isStarting = true
  expect(await holdfast.health()).toMatchObject({
    status: "ok",
    ok: true,
    nearCaches: [],
    reasons: [],
    notices: ["Near caches have only just begun: held: held back."],
  })
  coherence.tracked = { state: "unavailable", why: "held: not tested" }
  expect(await holdfast.health(), "what others write is heard no sooner").toMatchObject({
    status: "ok",
    notices: [expect.any(String), "Changes by others are not heard: held: not tested."],
  })
  coherence.isStarting = false
  expect(await holdfast.health()).toMatchObject({
    status: "degraded",
    reasons: ["Near caches are bypassed: held: held back.", "Changes by others are not heard: held: not tested."],
    notices: [],
  })
})

test("what a server should have is a notice, and what it lacks a reason", async () => {
  const findings: HealthFinding[] = [{ severity: "notice", id: "no-maxmemory", reason: "None is set." }]
  const { holdfast } = testBed((store) =>
    overriding(store, { health: async () => (await store.health()).map((node) => ({ ...node, node: "n", findings })) }),
  )
  expect(await holdfast.health()).toMatchObject({ status: "ok", ok: true, reasons: [], notices: ["n: None is set."] })
  findings.push({ severity: "warning", id: "slow-answer", reason: "It is slow." })
  expect(await holdfast.health()).toMatchObject({
    status: "degraded",
    ok: true,
    reasons: ["n: It is slow."],
    notices: ["n: None is set."],
  })
})

test("health says whether the changes of others are heard, and is degraded where that was wanted and cannot be had", async () => {
  const coherence = new HeldCoherence()
  const { holdfast } = testBed((store) => overriding(store, { coherence }), { nearTier })
  expect(await holdfast.health()).toMatchObject({ status: "ok", tracking: { state: "off", why: undefined } })
  const cache = holdfast.cache(policy)
  coherence.tracked = { state: "unavailable", why: "held: no message" }
  expect(cache.stats().near?.tracking).toBe("unavailable")
  expect(await holdfast.health()).toMatchObject({
    status: "degraded",
    ok: true,
    nearCaches: [],
    tracking: coherence.tracked,
    reasons: ["Changes by others are not heard: held: no message."],
  })
  coherence.tracked = { state: "on", why: undefined }
  expect(await holdfast.health()).toMatchObject({ status: "ok", tracking: { state: "on" } })
})
