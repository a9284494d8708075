import type { InvalidateRequest } from "../../contracts/store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import type { HoldfastError } from "../../errors/holdfast-error.ts"
import type { WriteWindow } from "../write-window.ts"
import type { CacheInUnits } from "./cache-in-units.ts"

/**
 * How a window ends. `close`: the change is committed. `leave`: a commit may still come, so the window stays until its term has passed, as
 * that of a writer that has died does. `drop`: nothing is committed.
 */
type WindowFate = "close" | "leave" | "drop"

/** The window of a strict key that a unit has named. */
export class StrictWindow {
  /** Rejects with `WINDOW_NOT_OPENED`. */
  readonly opening: Promise<WriteWindow>
  /** Whether somebody has waited until it was open: only then may the source commit. */
  wasAwaited = false
  fate: WindowFate = "close"
  /** What its work was told, if it has resolved although the window was lost. Known once it has ended. */
  lost: HoldfastError | undefined
  readonly cache: CacheInUnits
  readonly address: EntryAddress

  constructor(cache: CacheInUnits, address: EntryAddress) {
    this.cache = cache
    this.address = address
    this.opening = cache.open(address)
    this.opening.catch(() => {
      // Whoever waits for it is told.
    })
  }

  /** Ends it, or invalidates if it was never open. Answers whether the store knows what it must. Rejects as `invalidate` does. */
  async end(request: InvalidateRequest): Promise<boolean> {
    const window = await this.opening.catch(() => undefined)
    if (window?.grant === undefined) return this.fate === "drop" || this.cache.invalidate(this.address, request)
    if (this.fate === "close") this.lost = this.cache.noteLoss(window, this.address)
    if (this.fate !== "leave" || window.isGivenUp) return this.cache.close(window, this.address, request)
    window.end()
    return true
  }
}
