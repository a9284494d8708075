import { describe, expect, test } from "vitest"
import type { Change } from "../../contracts/coherence.ts"
import { tagAddress } from "../../entry/tag-address.ts"
import { storeConformance } from "../../testing/store-conformance.ts"
import { virtualClock } from "../../testing/virtual-clock.ts"
import { memoryStore } from "./memory-store.ts"

describe("the in-process store keeps the contract", () => {
  const cases = storeConformance(async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    return {
      store,
      namespace: "conformance",
      advance: (ms) => clock.advance(ms),
      evict: async (key) => store.evict(key),
      forgetScripts: async () => {},
      close: () => store.close({ timeoutMs: 0 }),
    }
  })
  test.each(cases.map((each) => [each.name, each] as const))("%s", async (_name, { run }) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

test("a closed store is not well", async () => {
  const store = memoryStore({ clock: virtualClock() })
  expect(await store.health()).toMatchObject([{ ok: true, findings: [] }])
  await store.close({ timeoutMs: 0 })
  expect(await store.health()).toMatchObject([{ ok: false, findings: [{ severity: "error", id: "closed" }] }])
})

test("tags that are invalidated, absent or not, or made are told as changes", async () => {
  const store = memoryStore({ clock: virtualClock() })
  const [made, gone] = [tagAddress("shop", "a"), tagAddress("shop", "b")]
  const changes: Change[] = []
  store.coherence?.onChange((change) => void changes.push(change))
  const clock = await store.readTagClock()
  const making = { incarnation: "1".repeat(32), era: clock.era, clock, keepMs: 1000 }
  await store.beginTag(made, making)
  await store.completeTag(made, making)
  await store.completeTag(made, making)
  await store.completeTag(gone, making)
  const next = await store.advanceTagClock()
  await store.invalidateTag(made, next)
  await store.invalidateTag(gone, next)
  expect(changes).toEqual([
    { is: "tag", key: made.key, clock },
    { is: "tag", key: made.key, clock: next },
    { is: "tag", key: gone.key, clock: next },
  ])
})
