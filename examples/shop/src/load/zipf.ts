import type { Random } from "./random.ts"

/** Draws ranks from 1 to `size`: rank r comes with a weight of 1 / r ** exponent. */
export type Zipf = () => number

/**
 * A Zipf distribution: few things are asked for often, most things hardly ever, as in any shop.
 *
 * Rejection-inversion after Hörmann and Derflinger: exact, constant memory, less than two draws on average.
 */
export function createZipf(size: number, exponent: number, random: Random): Zipf {
  const low = integral(1.5, exponent) - 1
  const high = integral(size + 0.5, exponent)
  const sure = 2 - inverse(integral(2.5, exponent) - weight(2, exponent), exponent)
  return () => {
    for (;;) {
      const drawn = high + random() * (low - high)
      const exact = inverse(drawn, exponent)
      const rank = Math.min(Math.max(Math.round(exact), 1), size)
      if (rank - exact <= sure || drawn >= integral(rank + 0.5, exponent) - weight(rank, exponent)) return rank
    }
  }
}

/** Spreads ranks over ids 1 to `size`, one to one, so that what is popular does not lie side by side in the tables. */
export function scatter(rank: number, size: number): number {
  // A prime larger than any size in use shares no factor with it, so no two ranks meet.
  return 1 + ((rank * 7_368_787) % size)
}

function weight(x: number, exponent: number): number {
  return Math.exp(-exponent * Math.log(x))
}

function integral(x: number, exponent: number): number {
  const log = Math.log(x)
  const power = (1 - exponent) * log
  return (Math.abs(power) > 1e-8 ? Math.expm1(power) / power : 1 + power / 2) * log
}

function inverse(x: number, exponent: number): number {
  const power = Math.max(x * (1 - exponent), -1)
  return Math.exp((Math.abs(power) > 1e-8 ? Math.log1p(power) / power : 1 - power / 2) * x)
}
