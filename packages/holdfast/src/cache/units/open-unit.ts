import type { Publisher } from "../../contracts/publisher.ts"
import { encodeGroup } from "../../entry/key-encoding.ts"
import { checkedTagNames } from "../../entry/tag-names.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { invalidOption } from "../../errors/option-checks.ts"
import type { BaseCache } from "../cache-kinds.ts"
import { contextOf, type WriteContext } from "../write-window.ts"
import { inUnits } from "./cache-in-units.ts"
import { Collection } from "./collection.ts"
import { StrictWindow } from "./strict-window.ts"
import type { Unit, UnitDelivery, UnitInvalidateOptions } from "./unit.ts"
import type { ContextUnit } from "./unit-context.ts"

/** Collects what the work of one `afterCommit` names. */
export class OpenUnit implements Unit, ContextUnit {
  readonly parent: OpenUnit | undefined
  /** Told of the delivery besides whoever began this unit: those whose units have joined it. */
  readonly listeners: ((delivery: UnitDelivery) => void)[] = []
  #collection: Collection | undefined = new Collection()
  readonly #owner: object

  /** @param owner that of the caches which may be named */
  constructor(parent: OpenUnit | undefined, owner: object) {
    this.parent = parent
    this.#owner = owner
  }

  get isOpen(): boolean {
    return this.#collection !== undefined
  }

  invalidate<K, V>(cache: BaseCache<K, V>, key: K, options: UnitInvalidateOptions = {}): void {
    this.invalidateMany(cache, [key], options)
  }

  invalidateMany<K, V>(cache: BaseCache<K, V>, keys: readonly K[], options: UnitInvalidateOptions = {}): void {
    const collection = this.#open()
    const target = inUnits(cache, this.#owner)
    const request = target.requestFor(options)
    // All are checked before the first is taken.
    for (const address of keys.map((key) => target.addressOf(key))) {
      const hasWindow = collection.keys.get(address.value)?.windows.some(({ fate }) => fate === "close") ?? false
      const windows = target.isStrict && !hasWindow ? [new StrictWindow(target, address)] : []
      collection.addKey({ cache: target, address, request, windows })
    }
  }

  invalidateTags(tags: readonly string[]): void {
    const collection = this.#open()
    for (const tag of checkedTagNames("invalidateTags", tags)) collection.tags.add(tag)
  }

  invalidateGroup(group: string): void {
    const collection = this.#open()
    encodeGroup(group)
    collection.groups.add(group)
  }

  clear<K, V>(cache: BaseCache<K, V>): void {
    this.#open().clears.add(inUnits(cache, this.#owner))
  }

  publish<T>(event: Publisher<T>, payload: T): void {
    const collection = this.#open()
    if (typeof (event as Partial<Publisher<T>> | undefined)?.publish !== "function")
      throw invalidOption("event", "must be something to publish on, such as what `holdfast.event` makes.")
    const { name } = event as { readonly name?: unknown }
    const send = event.prepare?.(payload) ?? ((): Promise<unknown> => event.publish(payload))
    collection.events.push({ name: typeof name === "string" ? name : undefined, send })
  }

  async opened(): Promise<WriteContext> {
    const { windows } = this.#open()
    const opened = await Promise.all(windows.map(({ opening }) => opening))
    for (const window of windows) window.wasAwaited = true
    return contextOf(opened)
  }

  /** Takes what a unit that has ended inside this one has collected. */
  join(collection: Collection, onDelivery: readonly ((delivery: UnitDelivery) => void)[]): void {
    this.#open().join(collection)
    this.listeners.push(...onDelivery)
  }

  /** What was named; nothing more can be. */
  end(): Collection {
    const collection = this.#open()
    this.#collection = undefined
    return collection
  }

  #open(): Collection {
    if (this.#collection !== undefined) return this.#collection
    throw new HoldfastError("UNIT_ENDED", "A unit was used after the work of its `afterCommit` had ended.")
  }
}
