/** 12345 as "12,345". */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en")
}

/** Milliseconds with as many digits as tell something: "0.42 ms", "4.2 ms", "420 ms". */
export function milliseconds(value: number): string {
  return `${value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0)} ms`
}

/** 0.8812 as "88.1 %". */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** A ratio to what was before as a change: 0.42 as "-58.0 %". */
export function change(ratio: number): string {
  return `${ratio >= 1 ? "+" : ""}${percent(ratio - 1)}`
}

/** 2.345 as "2.3x". */
export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 1 : 0)}x`
}

const bars = "▁▂▃▄▅▆▇█"

/** One bar per value, the highest value the highest bar. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(...values, Number.MIN_VALUE)
  return values.map((value) => bars[Math.round((value / highest) * (bars.length - 1))] ?? " ").join("")
}

/** Rows as lines, the first row being the heading: columns with a heading to the right, the others to the left. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const headings = rows[0] ?? []
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)))
  const cellOf = (cell: string, column: number): string =>
    headings[column] === "" ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map((row) => row.map(cellOf).join("  ").trimEnd())
}
