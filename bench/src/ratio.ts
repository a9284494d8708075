import { median, round2 } from "./median.ts"

/** How one candidate compares with its peer, round by round. */
export interface Ratio {
  /** Median of the ratios per round. */
  readonly ratio: number
  /** Lowest and highest ratio of a round. */
  readonly ratioRange: readonly [number, number]
}

/** @param own of each round, as is `peers` */
export function ratioOf(own: readonly number[], peers: readonly number[]): Ratio {
  const ratios = own.map((value, round) => value / (peers[round] ?? Number.NaN))
  return { ratio: round2(median(ratios)), ratioRange: [round2(Math.min(...ratios)), round2(Math.max(...ratios))] }
}

/** Cells of a table: ratio, range and goal. */
export function ratioCells(of: Partial<Ratio> & { readonly goal?: number | undefined }, sign: ">=" | "<="): string[] {
  const { ratio, ratioRange, goal } = of
  return [
    ratio === undefined ? "" : ratio.toFixed(2),
    ratioRange === undefined ? "" : ratioRange.map((one) => one.toFixed(2)).join(" - "),
    goal === undefined ? "" : `${sign} ${goal}`,
  ]
}
