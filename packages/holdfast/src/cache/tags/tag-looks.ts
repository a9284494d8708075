import type { TagRecord } from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import { deferred, type Deferred } from "../../internal/deferred.ts"

interface Asked {
  readonly tag: TagAddress
  /** The longest that any of those who ask accepts. */
  maxStalenessMs: number | undefined
  readonly answer: Deferred<TagRecord>
}

type Send = (tag: TagAddress, maxStalenessMs: number | undefined) => Promise<TagRecord>

/** Looks at tags: those of one turn are gathered, so that a tag is asked for once however many entries carry it, and then sent. */
export class TagLooks {
  readonly #send: Send
  #asked = new Map<string, Asked>()

  /** @param send looks at one tag; never called before the turn has ended */
  constructor(send: Send) {
    this.#send = send
  }

  /** Rejects as the store does. Whoever asks in one turn shares the look, because it is not sent yet (R10). */
  look(tag: TagAddress, maxStalenessMs: number | undefined): Promise<TagRecord> {
    const known = this.#asked.get(tag.key)
    if (known !== undefined) {
      if (maxStalenessMs !== undefined) known.maxStalenessMs = Math.max(known.maxStalenessMs ?? 0, maxStalenessMs)
      return known.answer.promise
    }
    if (this.#asked.size === 0) queueMicrotask(() => this.#flush())
    const answer = deferred<TagRecord>()
    this.#asked.set(tag.key, { tag, answer, maxStalenessMs })
    return answer.promise
  }

  /** One call for each, so that a server that does not answer keeps nothing from those that do; the store sends them together. */
  #flush(): void {
    const asked = this.#asked
    this.#asked = new Map()
    for (const { tag, maxStalenessMs, answer } of asked.values())
      this.#send(tag, maxStalenessMs).then(answer.resolve, answer.reject)
  }
}
