/**
 * How a value becomes bytes and comes back.
 *
 * A codec must give back equal data for everything it accepts, and throw `VALUE_NOT_ENCODABLE` (with the path of the culprit)
 * for everything else: a hit and a miss must give the same data.
 */
export interface Codec<V> {
  /** Stable name; part of the entry's shape, so that changing the codec makes old entries misses. */
  readonly name: string
  /** Text is stored as UTF-8. */
  encode(value: V): string | Uint8Array
  /** Decodes `bytes` from offset `start` to the end. Must not keep a view of `bytes`. Throws on malformed input. */
  decode(bytes: Buffer, start: number): V
}
