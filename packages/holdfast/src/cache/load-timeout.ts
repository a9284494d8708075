import { invalidOption, refuseUnknownOptions } from "../errors/option-checks.ts"
import { durationMs, type Duration } from "../policy/duration.ts"
import type { EntryPolicy } from "./cache-options.ts"

/** How long a load may take, in milliseconds. */
export interface LoadTimeouts {
  /** Then it is aborted. */
  readonly hardMs: number
  /** Then whoever has an entry within its grace in hand waits no longer; undefined: they wait. */
  readonly softMs: number | undefined
}

/** Throws `INVALID_DURATION`, or `INVALID_OPTION` for a soft timeout that could not come first or has nothing to serve. */
export function loadTimeouts({ loadTimeout: given }: Pick<EntryPolicy, "loadTimeout">, graceMs: number): LoadTimeouts {
  if (isPair(given)) refuseUnknownOptions(given, { soft: true, hard: true }, "`loadTimeout`")
  const { soft, hard } = isPair(given) ? given : { soft: undefined, hard: given }
  const hardMs = hard === undefined ? 30_000 : durationMs("loadTimeout", hard)
  if (soft === undefined) return { hardMs, softMs: undefined }
  const softMs = durationMs("loadTimeout.soft", soft)
  if (softMs >= hardMs) throw invalidOption("loadTimeout.soft", "must be shorter than the hard load timeout.")
  if (graceMs === 0) throw invalidOption("loadTimeout.soft", "is of no use without `grace`.")
  return { hardMs, softMs }
}

function isPair(given: EntryPolicy["loadTimeout"]): given is { readonly soft?: Duration; readonly hard?: Duration } {
  return typeof given === "object" && given !== null && ("soft" in given || "hard" in given)
}
