import type { Random } from "../contracts/random.ts"

/** A {@link Random} that gives the same draws for the same seed. Print the seed when a test fails. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0

  /** mulberry32: 32 bits per step, good enough for jitter and for telling tokens apart in tests. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  return {
    float: () => next() / 2 ** 32,
    token: () => [next(), next(), next(), next()].map((word) => word.toString(16).padStart(8, "0")).join(""),
  }
}
