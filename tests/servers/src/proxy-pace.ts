/** How fast a pump forwards what it may forward. */
export type PumpPace =
  /** Each piece when this many milliseconds have passed since it came, and none before the one before it. */
  | { readonly is: "delay"; delayMs(): number }
  /** A byte at a time, and between two of them whoever reads has a turn. */
  | { readonly is: "slices" }

/** A delay with jitter that a seed repeats. */
export function delayPace(delayMs: number, jitterMs: number, seed: number): PumpPace {
  const draw = seeded(seed)
  return { is: "delay", delayMs: () => delayMs + draw() * jitterMs }
}

/** Numbers from 0 to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
