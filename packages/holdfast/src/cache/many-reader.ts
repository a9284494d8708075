import type { Clock } from "../contracts/clock.ts"
import type { EntryAddress } from "../entry/key.ts"
import { BatchPartialError } from "../errors/batch-partial-error.ts"
import { detachable, type CallLimits } from "./caller.ts"
import type { Ticket } from "./flight.ts"
import type { LoadBatch } from "./load-batch.ts"
import type { ReadFigures } from "./read-figures.ts"
import type { Reader } from "./reader.ts"

/** Reads many keys for one caller: each on the read path of a single one, their loads gathered. */
export class ManyReader<K, V> {
  readonly #clock: Clock
  readonly #reader: Reader<K, V>
  readonly #figures: ReadFigures
  readonly #handOut: (value: V | undefined) => V | undefined

  constructor(
    clock: Clock,
    reader: Reader<K, V>,
    figures: ReadFigures,
    handOut: (value: V | undefined) => V | undefined,
  ) {
    this.#handOut = handOut
    this.#clock = clock
    this.#reader = reader
    this.#figures = figures
  }

  /**
   * Answers in the order of the keys. Rejects with `BATCH_PARTIAL` if any key failed, and with what ends the call of this caller.
   *
   * @param addresses of the keys, in their order
   */
  async read(
    keys: readonly K[],
    addresses: readonly EntryAddress[],
    limits: CallLimits | undefined,
  ): Promise<(V | undefined)[]> {
    const reads = new Map<string, KeyRead<K, V>>()
    addresses.forEach((address, at) => {
      if (!reads.has(address.value)) reads.set(address.value, new KeyRead<K, V>(keys[at] as K, address))
    })
    const batch = this.#reader.filler.batchOf(reads.keys())
    const reading = Promise.all(Array.from(reads.values(), (read) => this.#readOne(read, batch)))
    const onLeave = (): void => reads.forEach((read) => this.#leave(read))
    await (limits === undefined ? reading : detachable(this.#clock, reading, limits, onLeave))
    assertWhole([...reads.values()])
    return addresses.map((address) => reads.get(address.value)?.value)
  }

  /** Never rejects: what became of the key is kept with it, unless the caller has left before. */
  async #readOne(read: KeyRead<K, V>, batch: LoadBatch<K, V> | undefined): Promise<void> {
    const { key, address, ticket } = read
    read.startedMs = this.#figures.begun()
    try {
      const answer = await this.#reader.read(key, address, ticket, batch)
      if (ticket.left) return
      read.value = this.#handOut(answer.value)
      this.#figures.answered(address, answer, read.startedMs)
    } catch (error) {
      if (ticket.left) return
      read.failure = { error }
      this.#figures.failed(address, read.startedMs)
    } finally {
      read.ended = true
      batch?.pause(address.value)
    }
  }

  #leave({ address, ticket, ended, startedMs }: KeyRead<K, V>): void {
    if (ended) return
    ticket.left = true
    ticket.flight?.leave()
    this.#figures.failed(address, startedMs)
  }
}

/** One key of a call, however often it is asked for there. */
class KeyRead<K, V> {
  readonly key: K
  readonly address: EntryAddress
  readonly ticket: Ticket = { flight: undefined, left: false }
  startedMs = 0
  ended = false
  value: V | undefined
  failure: { readonly error: unknown } | undefined

  constructor(key: K, address: EntryAddress) {
    this.key = key
    this.address = address
  }
}

function assertWhole<K, V>(reads: readonly KeyRead<K, V>[]): void {
  const failed = reads.flatMap(({ key, failure }) => (failure === undefined ? [] : [[key, failure.error] as const]))
  if (failed.length === 0) return
  const read = reads.flatMap(({ key, value, failure }) => (failure === undefined ? [[key, value] as const] : []))
  throw new BatchPartialError<K, V>(new Map(read), new Map(failed))
}
