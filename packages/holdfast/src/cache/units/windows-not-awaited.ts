import { HoldfastError } from "../../errors/holdfast-error.ts"
import type { Parts } from "../parts.ts"
import type { StrictWindow } from "./strict-window.ts"

/** Caches of which this process has said so. */
const warned = new Set<string>()

/**
 * The windows that nobody has waited for, although the work has resolved, as errors. Since the change is committed they can no longer
 * refuse anything, so each is reported, and the first of each cache is a warning of the process.
 */
export function windowsNotAwaited(windows: readonly StrictWindow[], report: Parts["report"]): readonly HoldfastError[] {
  return windows
    .filter(({ wasAwaited }) => !wasAwaited)
    .map(({ cache: { name: cache }, address }) => {
      report?.({ name: "window-not-awaited", cache, key: address.value })
      const what = `A unit named a key of the strict cache "${cache}" and has committed without waiting for its window.`
      const error = new HoldfastError("WINDOW_NOT_AWAITED", what, { facts: { cache } })
      if (!warned.has(cache)) process.emitWarning(error.message, { type: "HoldfastWarning", code: error.code })
      warned.add(cache)
      return error
    })
}
