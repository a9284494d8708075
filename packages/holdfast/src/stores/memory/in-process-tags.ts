import type {
  BeginTagRequest,
  BegunTag,
  CompleteTagRequest,
  TagClock,
  TagRecord,
  TagStore,
} from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import type { TagShelf } from "./tag-shelf.ts"

/** The tags of an in-process store: what is kept on a shelf, as a store answers it. */
export abstract class InProcessTags implements TagStore {
  protected abstract readonly tags: TagShelf

  /** Throws `CLOSED`. */
  protected abstract assertOpen(): void

  async readTagClock(): Promise<TagClock> {
    this.assertOpen()
    return this.tags.clock()
  }

  async advanceTagClock(): Promise<TagClock> {
    this.assertOpen()
    return this.tags.advanceClock()
  }

  async lookTags(tags: readonly TagAddress[]): Promise<readonly TagRecord[]> {
    this.assertOpen()
    return tags.map(({ key }) => this.tags.get(key))
  }

  async beginTag({ key }: TagAddress, request: BeginTagRequest): Promise<BegunTag> {
    this.assertOpen()
    return this.tags.begin(key, request)
  }

  async completeTag({ key }: TagAddress, request: CompleteTagRequest): Promise<"complete" | "other"> {
    this.assertOpen()
    return this.tags.complete(key, request)
  }

  async invalidateTag({ key }: TagAddress, clock: TagClock): Promise<void> {
    this.assertOpen()
    this.tags.invalidate(key, clock)
  }
}
