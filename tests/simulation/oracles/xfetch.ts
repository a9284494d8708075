import type { Draw } from "../world/draw-log.ts"

/** XFetch: how long before its end a read with this draw refreshes an entry whose load took so long, in milliseconds. */
export function aheadMs(beta: number, costMs: number, { drawn }: Draw): number {
  return -costMs * beta * Math.log(1 - drawn)
}
