import type { SendOptions } from "../../contracts/redis-connection.ts"
import type { InvalidateRequest, StoredEntry, WindowGrant } from "../../contracts/store.ts"
import { hasCode } from "../../errors/holdfast-error.ts"
import { closeWindow, closeWindowCall } from "../../scripts/generated/close-window.ts"
import { changeOf } from "./change.ts"
import { boundTo } from "./grant-generation.ts"
import type { ScriptCalls } from "./script-calls.ts"
import type { StepwiseInvalidation } from "./stepwise-invalidation.ts"

/** Ends of write windows, of which each stores or invalidates. */
export class WindowClosing {
  readonly #scripts: ScriptCalls
  readonly #stepwise: StepwiseInvalidation
  readonly #channel: string
  readonly #isCurrent: (grant: WindowGrant) => boolean

  /** @param options.channel on which waiters are woken */
  constructor(options: {
    readonly scripts: ScriptCalls
    readonly stepwise: StepwiseInvalidation
    readonly channel: string
    readonly isCurrent: (grant: WindowGrant) => boolean
  }) {
    this.#scripts = options.scripts
    this.#stepwise = options.stepwise
    this.#channel = options.channel
    this.#isCurrent = options.isCurrent
  }

  /** Stores the entry if the window allows it; else, and without one, invalidates. */
  async close(
    grant: WindowGrant,
    entry: StoredEntry | undefined,
    request: InvalidateRequest,
    sending: SendOptions,
  ): Promise<"stored" | "invalidated"> {
    if (entry !== undefined && this.#isCurrent(grant)) {
      try {
        return await this.#close(grant, entry, request, { ...sending, ...boundTo(grant.generation) })
      } catch (error) {
        // Neither says that the value was stored, so the close goes on as an invalidation.
        if (!hasCode(error, "GENERATION_CHANGED") && !hasCode(error, "SERVER_REFUSED")) throw error
      }
    }
    const close = () => this.#close(grant, undefined, request, sending)
    await this.#stepwise.orElse(grant.address, request, close, sending)
    return "invalidated"
  }

  async #close(
    { address, id }: WindowGrant,
    entry: StoredEntry | undefined,
    request: InvalidateRequest,
    sending: SendOptions,
  ): Promise<"stored" | "invalidated"> {
    const { value, control, slot } = address
    const { bytes, keepMs } = entry ?? { bytes: "", keepMs: 0 }
    const channel = this.#channel
    const call = closeWindowCall({ value, control, id, entry: bytes, keepMs, ...changeOf(request), channel })
    return this.#scripts.ask(slot, closeWindow, call, ["stored", "invalidated"], sending)
  }
}
