import type { Parts } from "../parts.ts"
import type { NamespaceTags } from "../tags/namespace-tags.ts"
import { afterCommitSettings, type AfterCommitSettings } from "./after-commit-settings.ts"
import type { Collection } from "./collection.ts"
import { OpenUnit } from "./open-unit.ts"
import { firstOpen } from "./unit-context.ts"
import { UnitSender } from "./unit-sender.ts"
import type { AfterCommitOptions, OnThrow, UnitDelivery, UnitWork } from "./unit.ts"
import { windowsNotAwaited } from "./windows-not-awaited.ts"

/** Runs the work of units, and sends what they have collected when it is over. */
export class Units {
  readonly #parts: Pick<Parts, "units" | "report" | "assertOpen">
  readonly #sender: UnitSender
  readonly #underWay = new Set<Promise<void>>()

  constructor(parts: Pick<Parts, "units" | "clock" | "report" | "assertOpen">, tags: NamespaceTags) {
    this.#parts = parts
    this.#sender = new UnitSender(parts, tags)
  }

  /** Rejects with what the work throws, and before the work is called with `INVALID_OPTION` or `CLOSED`. */
  async afterCommit<T>(work: UnitWork<T>, options: AfterCommitOptions): Promise<T> {
    const settings = afterCommitSettings(work, options)
    const { units: context, assertOpen } = this.#parts
    const parent = context.current()
    if (parent === undefined) assertOpen()
    const unit = new OpenUnit(parent, context)
    const working = this.#run(unit, () => context.run(unit, () => work(unit)), settings)
    const ended = working.then(
      () => {},
      () => {},
    )
    this.#underWay.add(ended)
    try {
      return await working
    } finally {
      this.#underWay.delete(ended)
    }
  }

  /** Resolves when all units have ended that are under way. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  async #run<T>(unit: OpenUnit, work: () => Promise<T> | T, settings: AfterCommitSettings): Promise<T> {
    let result: T
    try {
      result = await work()
    } catch (error) {
      await this.#end(unit, settings, settings.onThrow(error))
      throw error
    }
    await this.#end(unit, settings, undefined)
    return result
  }

  /** Never rejects: what was committed stays so. */
  async #end(unit: OpenUnit, settings: AfterCommitSettings, onThrow: OnThrow | undefined): Promise<void> {
    const collected = unit.end()
    if (onThrow !== undefined) collected.workThrew(onThrow)
    const listeners = [...unit.listeners, settings.onDelivery]
    const parent = firstOpen<OpenUnit>(unit.parent)
    if (parent !== undefined) return parent.join(collected, listeners)
    const delivery = await this.#send(collected, onThrow !== undefined)
    for (const onDelivery of listeners) onDelivery(delivery)
  }

  async #send(collected: Collection, threw: boolean): Promise<UnitDelivery> {
    const unawaited = threw ? [] : windowsNotAwaited(collected.windows, this.#parts.report)
    const { delivered, errors } = await this.#sender.send(collected)
    const lost = collected.windows.flatMap((window) => window.lost ?? [])
    const { keys, tags, clears, events } = collected
    this.#parts.report?.({
      name: "after-commit",
      keys: keys.size,
      tags: tags.size + clears.size,
      events: events.length,
      threw,
      delivered,
    })
    return { delivered, errors: [...unawaited, ...lost, ...errors] }
  }
}
