import type { InvalidateRequest } from "../../contracts/store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import type { HoldfastError } from "../../errors/holdfast-error.ts"
import { invalidOption } from "../../errors/option-checks.ts"
import type { CacheSettings } from "../cache-settings.ts"
import { invalidateRequest } from "../invalidate-request.ts"
import type { Invalidator } from "../invalidator.ts"
import type { WriteWindow } from "../write-window.ts"
import type { Writer } from "../writer.ts"
import type { UnitInvalidateOptions } from "./unit.ts"

/** What a unit needs of one cache. */
export class CacheInUnits {
  readonly name: string
  readonly isStrict: boolean
  /** The same for all caches of a Holdfast. */
  readonly owner: object
  /** Clears the cache now. Answers whether the store knows. Rejects as the cache's own `clear` does. */
  readonly clear: () => Promise<boolean>
  readonly #settings: CacheSettings<never, never>
  readonly #writer: Pick<Writer<never, never>, "open" | "end" | "noteLoss">
  readonly #invalidator: Invalidator

  constructor(
    settings: Pick<CacheSettings<never, never>, "name">,
    writer: Pick<Writer<never, never>, "open" | "end" | "noteLoss">,
    invalidator: Invalidator,
    clear: () => Promise<boolean>,
    owner: object,
  ) {
    this.owner = owner
    this.#settings = settings as CacheSettings<never, never>
    this.name = settings.name
    this.isStrict = this.#settings.strict !== undefined
    this.#writer = writer
    this.#invalidator = invalidator
    this.clear = clear
  }

  /** @param key one of this cache. Throws `INVALID_KEY` or `INVALID_GROUP` */
  addressOf(key: unknown): EntryAddress {
    return this.#settings.addressOf(key as never)
  }

  /** Throws `INVALID_OPTION` or `INVALID_VERSION`. */
  requestFor(options: UnitInvalidateOptions): InvalidateRequest {
    return invalidateRequest(this.#settings, options)
  }

  /** Opens the window of a strict key. Rejects with `WINDOW_NOT_OPENED`. */
  open(address: EntryAddress): Promise<WriteWindow> {
    return this.#writer.open(address)
  }

  /** Reports of a window that was lost although its work has resolved; answers what the work was told. */
  noteLoss(window: WriteWindow, address: EntryAddress): HoldfastError | undefined {
    return this.#writer.noteLoss(address, window)
  }

  /** Invalidates now. Answers whether the store knows. Rejects as the cache's own `invalidate` does. */
  async invalidate(address: EntryAddress, request: InvalidateRequest): Promise<boolean> {
    return (await this.#invalidator.invalidate(address, request)).delivered
  }

  /** The same by closing a window. */
  async close(window: WriteWindow, address: EntryAddress, request: InvalidateRequest): Promise<boolean> {
    const closing = (): Promise<boolean> => this.#writer.end(address, window, request)
    return (await this.#invalidator.invalidate(address, request, closing)).delivered
  }
}

/** Throws `INVALID_OPTION` for what is no cache of this owner. */
export function inUnits(cache: unknown, owner: object): CacheInUnits {
  const { units } = Object(cache) as { readonly units?: unknown }
  if (units instanceof CacheInUnits) {
    if (units.owner === owner) return units
    throw invalidOption("cache", `is "${units.name}" of another Holdfast: name it in an \`afterCommit\` of that one.`)
  }
  throw invalidOption("cache", "must be a cache that `holdfast.cache` has made.")
}
