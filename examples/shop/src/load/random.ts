/** A source of floats in [0, 1). */
export type Random = () => number

/** Repeatable randomness: the same seed gives the same requests, so that two phases face the same load. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** An integer from 1 to `max`. */
export function upTo(random: Random, max: number): number {
  return 1 + Math.floor(random() * max)
}
