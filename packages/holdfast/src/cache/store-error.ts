import type { HoldfastEvent } from "../contracts/observer.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"

/**
 * Tells of a store operation that failed.
 *
 * @param cache undefined for tags, which belong to no cache
 */
export function storeErrorEvent(cache: string | undefined, operation: string, error: unknown): HoldfastEvent {
  const known = error instanceof HoldfastError ? error : undefined
  const code = known?.code ?? "unexpected"
  const reply = known?.code === "SERVER_REFUSED" ? known.facts["reply"]?.toString() : undefined
  return { name: "store-error", cache, operation, code, reply }
}
