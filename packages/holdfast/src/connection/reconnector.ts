import type { Clock, Timer } from "../contracts/clock.ts"
import type { Random } from "../contracts/random.ts"
import type { HoldfastError } from "../errors/holdfast-error.ts"
import { backoff, type Backoff } from "../policy/backoff.ts"
import { asHoldfastError, refusalKind } from "./refusals.ts"

export interface ReconnectorOptions<T> {
  readonly clock: Clock
  readonly random: Random
  open(): Promise<T>
  opened(opened: T): void
  failed(error: HoldfastError): void
  /** Destroys what was opened after `stop`. */
  discard(opened: T): void
}

type ReconnectorState =
  | { readonly is: "opening" }
  | { readonly is: "open"; readonly sinceMs: number }
  | { readonly is: "waiting"; readonly timer: Timer }
  | { readonly is: "stopped" }

/** A connection that has lived this long was good: what ends it is a new trouble, not the old one. */
const goodAfterMs = 2000

/**
 * Opens a connection, and another whenever it is lost, and never gives up.
 *
 * Waits are fully jittered: up to 2 s, or up to 60 s where only a change by an operator can help.
 */
export class Reconnector<T> {
  readonly #options: ReconnectorOptions<T>
  readonly #usual: Backoff
  readonly #slow: Backoff
  #state: ReconnectorState = { is: "stopped" }

  constructor(options: ReconnectorOptions<T>) {
    const { random } = options
    this.#options = options
    this.#usual = backoff({ random, baseMs: 50, capMs: 2000 })
    this.#slow = backoff({ random, baseMs: 5000, capMs: 60_000 })
  }

  /** Opens the first connection at once. */
  start(): void {
    this.#attempt()
  }

  /** The connection that was opened last is gone. */
  lost(): void {
    if (this.#state.is !== "open") return
    if (this.#options.clock.monotonic() - this.#state.sinceMs >= goodAfterMs) this.#usual.reset()
    this.#slow.reset()
    this.#wait(this.#usual)
  }

  stop(): void {
    if (this.#state.is === "waiting") this.#options.clock.clearTimeout(this.#state.timer)
    this.#state = { is: "stopped" }
  }

  #attempt(): void {
    const opening: ReconnectorState = { is: "opening" }
    this.#state = opening
    this.#options.open().then(
      (opened) => {
        if (this.#state !== opening) return this.#options.discard(opened)
        this.#state = { is: "open", sinceMs: this.#options.clock.monotonic() }
        this.#options.opened(opened)
      },
      (reason: unknown) => {
        if (this.#state !== opening) return
        const error = asHoldfastError(reason)
        this.#wait(refusalKind(error) === "configuration" ? this.#slow : this.#usual)
        this.#options.failed(error)
      },
    )
  }

  #wait(waits: Backoff): void {
    const timer = this.#options.clock.setTimeout(() => this.#attempt(), waits.nextMs())
    this.#state = { is: "waiting", timer }
  }
}
