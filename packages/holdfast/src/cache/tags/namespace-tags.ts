import { groupTagAddress } from "../../entry/tag-address.ts"
import type { Delivery } from "../invalidator.ts"
import type { Parts } from "../parts.ts"
import { storeErrorEvent } from "../store-error.ts"
import { indexReading } from "./index-reading.ts"
import { TagListing, type ListTagOptions } from "./tag-listing.ts"
import { TagReclaimer, type ReclaimedTag, type ReclaimTagOptions } from "./tag-reclaimer.ts"

/** What can be done with the tags of a namespace, whichever caches have them. */
export class NamespaceTags {
  readonly #namespace: string
  readonly #parts: Parts
  readonly #tombstoneMsOf: (cache: string) => number | undefined

  /** @param tombstoneMsOf of a cache of this process */
  constructor(namespace: string, parts: Parts, tombstoneMsOf: (cache: string) => number | undefined) {
    this.#namespace = namespace
    this.#parts = parts
    this.#tombstoneMsOf = tombstoneMsOf
  }

  /** @param names as of `checkedTagNames` */
  async invalidate(names: readonly string[]): Promise<Delivery> {
    const { tagTable, tagInvalidator, report } = this.#parts
    const { delivered } = await tagInvalidator.invalidate(names.map((name) => tagTable.addressOf(name)))
    report?.({ name: "invalidate-tags", tags: names.length, delivered })
    return { delivered }
  }

  /** Rejects with `INVALID_GROUP`. */
  async invalidateGroup(group: string): Promise<Delivery> {
    const tag = groupTagAddress(this.#namespace, group)
    const { delivered } = await this.#parts.tagInvalidator.invalidate([tag])
    this.#parts.report?.({ name: "invalidate-group", key: tag.key, delivered })
    return { delivered }
  }

  list(tag: string, { verify = false, ...options }: ListTagOptions): TagListing {
    const { store, report } = this.#parts
    const namespace = this.#namespace
    const reading = indexReading({ call: "listTag", store, namespace }, tag, options)
    const onFailure = (error: unknown): void => report?.(storeErrorEvent(undefined, "look-tag", error))
    return new TagListing({ namespace, name: tag, shared: this.#parts, onFailure }, reading, verify)
  }

  reclaim(tag: string, { onProgress, ...options }: ReclaimTagOptions): Promise<ReclaimedTag> {
    const { store, report } = this.#parts
    const namespace = this.#namespace
    const reading = indexReading({ call: "reclaimTag", store, namespace }, tag, options)
    const target = { namespace, name: tag, store, tombstoneMsOf: this.#tombstoneMsOf, report, onProgress }
    return new TagReclaimer(target, reading).run()
  }
}
