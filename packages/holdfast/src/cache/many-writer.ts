import type { EntryAddress } from "../entry/key.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import type { CacheSettings } from "./cache-settings.ts"
import { contextOf, type WriteContext } from "./write-window.ts"
import { assertWriter, type BegunWrite, type Writer, type Written } from "./writer.ts"

/** Changes many rows of the source at once and returns their new values; a key that is not in the answer is invalidated only. */
export type ManyWriter<K, V> = (context: WriteContext) => Promise<NewValues<K, V>> | NewValues<K, V>

/** What a writer of many keys answers. */
export type NewValues<K, V> = ReadonlyMap<K, V | undefined | null> | undefined | null | void

/** Writes many keys by one change of the source: each has a window of its own, and all are open before the writer is called. */
export class ManyKeyWriter<K, V> {
  readonly #settings: Pick<CacheSettings<K, V>, "name" | "addressOf">
  readonly #writer: Pick<Writer<K, V>, "begin" | "finish" | "abandon" | "cancel">

  constructor(
    settings: Pick<CacheSettings<K, V>, "name" | "addressOf">,
    writer: Pick<Writer<K, V>, "begin" | "finish" | "abandon" | "cancel">,
  ) {
    this.#settings = settings
    this.#writer = writer
  }

  /** Answers in the order of the keys. Rejects as `write` does, and with `INVALID_WRITE_RESULT`, after invalidating all of them. */
  async write(keys: readonly K[], writer: ManyWriter<K, V>): Promise<Written<V>[]> {
    assertWriter(this.#settings.name, writer)
    const named = new Map(keys.map((key) => [this.#settings.addressOf(key).value, key]))
    const begun = await this.#beginAll([...named.values()])
    let values: ReadonlyMap<string, V>
    try {
      values = this.#valuesOf(await writer(contextOf(begun.map(({ window }) => window))), named)
    } catch (error) {
      await Promise.all(begun.map((write) => this.#writer.abandon(write)))
      throw error
    }
    const written = await this.#finishAll(begun, values)
    return keys.map((key) => written.get(this.#settings.addressOf(key).value) as Written<V>)
  }

  /** Each of them, whatever becomes of the others; rejects with the first that failed. By value key. */
  async #finishAll(
    begun: readonly BegunWrite<K>[],
    values: ReadonlyMap<string, V>,
  ): Promise<ReadonlyMap<string, Written<V>>> {
    const finishing = begun.map((write) => this.#writer.finish(write, values.get(write.address.value)))
    await Promise.allSettled(finishing)
    const written = await Promise.all(finishing)
    return new Map(written.map((outcome, at) => [(begun[at] as BegunWrite<K>).address.value, outcome]))
  }

  /** All of them, or none: one that cannot be opened ends the others. */
  async #beginAll(keys: readonly K[]): Promise<BegunWrite<K>[]> {
    const { addressOf } = this.#settings
    const opened = await Promise.allSettled(keys.map((key) => this.#writer.begin(key, addressOf(key))))
    const begun = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
    const refused = opened.find((each) => each.status === "rejected")
    if (refused === undefined) return begun
    await Promise.all(begun.map((write) => this.#writer.cancel(write)))
    throw refused.reason
  }

  /** By value key. */
  #valuesOf(answer: unknown, named: ReadonlyMap<string, K>): ReadonlyMap<string, V> {
    if (answer === undefined || answer === null) return new Map()
    if (!(answer instanceof Map)) throw this.#invalid("is not a Map")
    const values = new Map<string, V>()
    for (const [key, value] of answer as ReadonlyMap<K, V | undefined | null>) {
      const address: EntryAddress = this.#settings.addressOf(key)
      if (!named.has(address.value)) throw this.#invalid("has a key that was not named")
      if (value !== undefined && value !== null) values.set(address.value, value)
    }
    return values
  }

  #invalid(why: string): HoldfastError {
    const { name: cache } = this.#settings
    return new HoldfastError("INVALID_WRITE_RESULT", `What the writer of cache "${cache}" answered ${why}.`, {
      facts: { cache },
    })
  }
}
