import { describe, expect, test } from "vitest"
import { storeConformance } from "../../testing/store-conformance.ts"
import { virtualClock } from "../../testing/virtual-clock.ts"
import { memoryStore } from "./memory-store.ts"

describe("the in-process store keeps the contract", () => {
  const cases = storeConformance(async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    return {
      store,
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
