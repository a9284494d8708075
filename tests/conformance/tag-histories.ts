import fc from "fast-check"
import type { TagStep } from "holdfast/testing"

const tag = fc.nat(1)
const clock = fc.nat(5)
const short = fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0)

function step(weight: number, arbitrary: fc.Arbitrary<TagStep>) {
  return { weight, arbitrary }
}

/** What may happen to two tags and their clock, call by call. */
export const tagHistories: fc.Arbitrary<TagStep[]> = fc.array(
  fc.oneof(
    step(1, fc.record({ does: fc.constant("read-clock") })),
    step(3, fc.record({ does: fc.constant("advance-clock") })),
    step(1, fc.record({ does: fc.constant("forget-clock") })),
    step(5, fc.record({ does: fc.constant("begin"), tag, clock, short })),
    step(6, fc.record({ does: fc.constant("complete"), tag, clock, making: fc.nat(3), short })),
    step(4, fc.record({ does: fc.constant("invalidate"), tag, clock })),
    step(1, fc.record({ does: fc.constant("evict"), tag })),
  ),
  { minLength: 20, maxLength: 60 },
)
