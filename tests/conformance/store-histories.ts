import fc from "fast-check"
import type { StoreStep } from "holdfast/testing"

const version = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined })
const short = fc.integer({ min: 0, max: 7 }).map((draw) => draw === 0)
const entry = { entry: fc.constantFrom("fresh", "stale", "stale", "garbage"), entryVersion: version, short }
const change = { mode: fc.constantFrom("drop", "expire"), version, short }
const one = fc.nat(5)

type Fields<Does extends StoreStep["does"]> = {
  [Name in keyof Omit<Extract<StoreStep, { does: Does }>, "does">]: fc.Arbitrary<
    Extract<StoreStep, { does: Does }>[Name]
  >
}

function step<Does extends StoreStep["does"]>(weight: number, does: Does, fields: Fields<Does>) {
  return { weight, arbitrary: fc.record({ does: fc.constant(does), ...fields }) as unknown as fc.Arbitrary<StoreStep> }
}

/** What may happen to one key, call by call. */
export const histories: fc.Arbitrary<StoreStep[]> = fc.array(
  fc.oneof(
    step(5, "lease", { short, rejects: fc.boolean() }),
    step(1, "extend-lease", { grant: one }),
    step(1, "release-lease", { grant: one, failed: fc.boolean() }),
    step(5, "fill", { grant: one, ...entry }),
    step(2, "invalidate", change),
    step(3, "open-window", { short }),
    step(1, "extend-window", { window: one }),
    step(3, "close-window", { window: one, empty: fc.boolean(), ...entry, ...change }),
    step(2, "put", { ...entry, ...change }),
    step(1, "evict", { what: fc.constantFrom("value", "control") }),
  ),
  { minLength: 1, maxLength: 30 },
)
