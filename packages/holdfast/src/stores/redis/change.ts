import type { InvalidateRequest } from "../../contracts/store.ts"

/** An invalidation in the words of the scripts, which know no life of 0 ms and no undefined. */
export function changeOf({ mode, graceMs, version = "", tombstoneMs }: InvalidateRequest): {
  readonly mode: "drop" | "expire"
  readonly graceMs: number
  readonly version: string
  readonly tombstoneMs: number
} {
  return { mode: graceMs > 0 ? mode : "drop", graceMs, version, tombstoneMs }
}
