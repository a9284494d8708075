import type { RedisConnection, SendOptions } from "../../contracts/redis-connection.ts"
import type { InvalidateRequest } from "../../contracts/store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { invalidateControl, invalidateControlCall } from "../../scripts/generated/invalidate-control.ts"
import { invalidateValue, invalidateValueCall } from "../../scripts/generated/invalidate-value.ts"
import { changeOf } from "./change.ts"
import { orWhereMoving, textOf } from "./replies.ts"

/** Invalidations in slots on the move. */
export class StepwiseInvalidation {
  readonly #connection: RedisConnection
  readonly #channel: string

  /** @param channel on which waiters are woken */
  constructor(connection: RedisConnection, channel: string) {
    this.#connection = connection
    this.#channel = channel
  }

  /**
   * Runs a script of two keys that invalidates; where its slot is on the move, invalidates step by step instead, and answers undefined.
   *
   * @param sending of each step
   */
  orElse<T>(
    address: EntryAddress,
    request: InvalidateRequest,
    run: () => Promise<T>,
    sending?: SendOptions,
  ): Promise<T | undefined> {
    return orWhereMoving(run, () => this.#invalidate(address, request, sending))
  }

  /**
   * Invalidates by one-key scripts: control, value, publish (R2). For a slot on the move, which answers TRYAGAIN to a script
   * of two keys whenever one of them is absent; every step may follow a redirection of its own.
   */
  async #invalidate(
    { value, control, slot }: EntryAddress,
    request: InvalidateRequest,
    sending?: SendOptions,
  ): Promise<void> {
    const connection = this.#connection
    const { mode, graceMs, version, tombstoneMs } = changeOf(request)
    const raiseTo = (raised: string): Promise<unknown> => {
      const raise = invalidateControlCall({ control, version: raised, tombstoneMs })
      return connection.script(slot, invalidateControl, ...raise, sending)
    }
    await raiseTo(version)
    const call = invalidateValueCall({ value, mode, graceMs })
    const dropped = textOf(await connection.script(slot, invalidateValue, ...call, sending))
    if (dropped !== undefined && dropped > version) await raiseTo(dropped)
    await connection.command(slot, ["PUBLISH", this.#channel, `i${value}`])
  }
}
