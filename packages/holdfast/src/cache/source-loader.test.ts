import { expect, test } from "vitest"
import { json } from "../codecs/json.ts"
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts"
import { cacheSettings } from "./cache-settings.ts"
import { SourceLoader, type LoadRequest } from "./source-loader.ts"
import { UnitContext } from "./units/unit-context.ts"

const after = (clock: VirtualClock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.setTimeout(resolve, ms)
  })

test("a call for many keys is one measurement of what a call costs, and each value carries it", async () => {
  const clock = virtualClock()
  const options = {
    name: "item",
    ttl: "10s",
    load: (_id: string) => after(clock, 10).then(() => 1),
    loadMany: (ids: readonly string[]) => after(clock, 110).then(() => new Map(ids.map((id) => [id, 1]))),
  } as const
  const settings = cacheSettings<string, number>("test", options, json())
  const loader = new SourceLoader<string, number>(settings, { clock, units: new UnitContext() })
  const request = (key: string): LoadRequest<string> => {
    return { key, address: settings.addressOf(key), reason: "miss", previous: undefined }
  }
  await clock.runUntil(loader.load(request("a")))
  expect(loader.typicalCostMs).toBe(10)
  const wanted = ["a", "b", "c"].map(request)
  const many = loader.loadMany({ reason: "miss", wanted: () => wanted, onStart: () => {} })
  expect(await clock.runUntil(many)).toMatchObject({ costMs: 110 })
  expect(loader.typicalCostMs).toBe(20)
})
