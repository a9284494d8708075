import type { TagAddress } from "../../entry/tag-address.ts"
import type { Delivery } from "../invalidator.ts"
import type { Journal } from "../journal.ts"
import type { Parts } from "../parts.ts"
import type { TagDelivery } from "./tag-delivery.ts"
import type { TagTable } from "./tag-table.ts"

/** The invalidate path of tags: of those that the user names, and of the one that `clear` means. */
export class TagInvalidator {
  readonly #table: TagTable
  readonly #delivery: TagDelivery
  readonly #journal: Journal
  readonly #report: Parts["report"]

  constructor(table: TagTable, delivery: TagDelivery, journal: Journal, report: Parts["report"]) {
    this.#table = table
    this.#delivery = delivery
    this.#journal = journal
    this.#report = report
  }

  /**
   * Kills every entry that carries one of these tags, and bars every load and write that has begun. Rejects only with
   * `INVALIDATION_BACKLOG_FULL` and `CLOSED`.
   *
   * @param cache whose tag it is, if it is that of a cache
   */
  async invalidate(tags: readonly TagAddress[], cache?: string): Promise<Delivery> {
    this.#table.invalidated(tags, undefined)
    const waiting = tags.filter(({ key }) => this.#journal.holds(key))
    const untold = await this.#tell(tags.filter(({ key }) => !this.#journal.holds(key)))
    this.#add([...waiting, ...untold], cache)
    return { delivered: waiting.length + untold.length === 0 }
  }

  async #tell(tags: readonly TagAddress[]): Promise<readonly TagAddress[]> {
    return tags.length === 0 ? [] : this.#delivery.tell(tags)
  }

  /** All are tried before the first that found no room is thrown. */
  #add(tags: readonly TagAddress[], cache: string | undefined): void {
    let failure: { readonly error: unknown } | undefined
    for (const tag of tags) {
      try {
        this.#journal.addTag(tag)
      } catch (error) {
        failure ??= { error }
        this.#report?.({ name: "invalidation-lost", cache, key: tag.key })
      }
    }
    if (tags.length > 0) this.#table.invalidated(tags, undefined)
    if (failure !== undefined) throw failure.error
  }
}
