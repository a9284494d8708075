import type { SimProcess } from "../world/sim-process.ts"
import type { Violations } from "./violations.ts"

/** Why a load is made that nobody waits for. */
const background: ReadonlySet<string> = new Set(["stale", "early"])
/** After a background load that failed its key is left alone for so long at least, in milliseconds. */
const shortestRestMs = 500
/** A load that took so long may have been given up before. */
const longestLoadMs = 2400

/** Watches the background loads of one process: after one that failed, a key is left alone for a while. */
export class RestWatch {
  readonly #violations: Violations
  readonly #process: SimProcess
  /** What was under way when a load failed, a lease and a look at the tag clock, may begin another one in this time. */
  readonly #underWayMs: number
  readonly #nowMs: () => number
  readonly #failedMs = new Map<string, number>()

  constructor(parts: { violations: Violations; process: SimProcess; commandTimeoutMs: number; nowMs: () => number }) {
    this.#violations = parts.violations
    this.#process = parts.process
    this.#underWayMs = 3 * parts.commandTimeoutMs + 20
    this.#nowMs = parts.nowMs
  }

  /** Watches the load of one key. */
  async watch<T>(key: string, reason: string, load: () => Promise<T>): Promise<T> {
    if (!background.has(reason)) return load()
    const beganMs = this.#nowMs()
    this.#judge(key, beganMs)
    try {
      const value = await load()
      this.#failedMs.delete(key)
      return value
    } catch (error) {
      if (this.#nowMs() - beganMs < longestLoadMs) this.#failedMs.set(key, this.#nowMs())
      throw error
    }
  }

  /** What was under way before a pause may come at any time after it. */
  #judge(key: string, nowMs: number): void {
    const failedMs = this.#failedMs.get(key) ?? -Infinity
    const { name, pausedUntilMs } = this.#process
    const sinceMs = nowMs - failedMs
    if (sinceMs <= this.#underWayMs || sinceMs >= shortestRestMs || pausedUntilMs > failedMs) return
    const what = `${name} loads ${key} in the background, ${Math.round(sinceMs)} ms after that failed`
    this.#violations.add("not-rested", what)
  }
}
