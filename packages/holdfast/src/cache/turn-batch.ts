import type { LoadBatch } from "./load-batch.ts"

/** Stands in a batch for those who may still join. No value key is empty. */
const turn = ""

/** Gathers the loads of the single reads that begin in one turn of the event loop, its promises included. */
export class TurnBatch<K, V> {
  readonly #make: (keys: readonly string[]) => LoadBatch<K, V>
  #open: LoadBatch<K, V> | undefined
  readonly #keys = new Set<string>()

  /** @param make gets the keys that are on their way at first */
  constructor(make: (keys: readonly string[]) => LoadBatch<K, V>) {
    this.#make = make
  }

  /**
   * The batch that a read which begins now takes part in: it resumes the batch at its start, and pauses it at its end. Undefined if another read of the
   * same key takes part already: that one's load is shared.
   */
  join(valueKey: string): LoadBatch<K, V> | undefined {
    if (this.#keys.has(valueKey)) return undefined
    this.#keys.add(valueKey)
    this.#open ??= this.#begin()
    return this.#open
  }

  #begin(): LoadBatch<K, V> {
    const batch = this.#make([turn])
    // A tick that is asked for by a microtask comes when no microtask is left.
    queueMicrotask(() =>
      process.nextTick(() => {
        this.#open = undefined
        this.#keys.clear()
        batch.pause(turn)
      }),
    )
    return batch
  }
}
