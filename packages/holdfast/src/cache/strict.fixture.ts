import type { ReadThroughCache } from "./cache-kinds.ts"
import { testBed, type TestBed } from "./cache.fixture.ts"
import type { Holdfast } from "./holdfast.ts"

export const policy = { name: "stock", ttl: "1m", jitter: "0%", consistency: "strict", windowTerm: "5s" } as const
export const termMs = 5000

/** A strict cache over one row, and what else a test needs of it. */
export interface SettledBed extends TestBed {
  readonly bed: TestBed
  readonly row: { value: string; loads: number }
  readonly cache: ReadThroughCache<string, string>
  /** The same cache in another process. */
  cacheOf(holdfast: Holdfast): ReadThroughCache<string, string>
}

/** Its key is settled: a read has been stored. */
export async function settledBed(wrap?: Parameters<typeof testBed>[0]): Promise<SettledBed> {
  const bed = testBed(wrap)
  const row = { value: "v1", loads: 0 }
  const cacheOf = (holdfast: Holdfast): ReadThroughCache<string, string> =>
    holdfast.cache({
      ...policy,
      load: async (_id: string) => {
        row.loads += 1
        return row.value
      },
    })
  const cache = cacheOf(bed.holdfast)
  await settle(bed, () => cache.get("a"))
  return { ...bed, bed, row, cache, cacheOf }
}

/** From one term after its first read on, what is read is stored. */
export async function settle({ clock }: Pick<TestBed, "clock">, read: () => Promise<unknown>): Promise<void> {
  await read()
  await clock.advance(termMs)
  await read()
}
