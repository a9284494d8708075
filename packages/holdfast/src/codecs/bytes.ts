import type { Codec } from "../contracts/codec.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"

/**
 * Buffers, stored as they are. Other binary types throw `VALUE_NOT_ENCODABLE`, because a hit would answer a Buffer where
 * a miss answered another class: wrap them with `Buffer.from(array.buffer)`.
 */
export function bytes(): Codec<Buffer> {
  return { name: "bytes", encode, decode }
}

function encode(value: Buffer): Buffer {
  if (Buffer.isBuffer(value) && Object.getPrototypeOf(value) === Buffer.prototype) return value
  throw new HoldfastError("VALUE_NOT_ENCODABLE", "The codec bytes() cannot carry `value`, which is not a Buffer.", {
    facts: { codec: "bytes", path: "value" },
  })
}

/** A copy with memory of its own: a small Buffer cut from a reply would keep the whole reply alive. */
function decode(stored: Buffer, start: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(stored.length - start)
  stored.copy(copy, 0, start)
  return copy
}
