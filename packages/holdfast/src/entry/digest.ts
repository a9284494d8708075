/** A 64-bit digest as two unsigned 32-bit halves. */
export interface Digest {
  readonly high: number
  readonly low: number
}

/**
 * A 64-bit digest of a text that tells keys apart; not a defence against somebody who searches for collisions.
 *
 * Part of wire format 1 (R8): two lanes of the rounds of MurmurHash3 over UTF-16 code units, four units a round.
 */
export function digestOf(text: string): Digest {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  const length = text.length
  const whole = length & ~3
  for (let at = 0; at < whole; at += 4) {
    high = rotatedRound(high, text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16))
    low = rotatedRound(low, text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16))
    high = (high + low) | 0
    low = (low + Math.imul(high, 5)) | 0
  }
  for (let at = whole; at < length; at++) {
    high = rotatedRound(high, text.charCodeAt(at))
    low = (low + Math.imul(high, 5)) | 0
  }
  high = finished(high ^ length)
  low = finished((low ^ length) + high)
  return { high: finished((high + low) | 0), low: low >>> 0 }
}

function rotatedRound(lane: number, units: number): number {
  let mixed = Math.imul(units, 0xcc9e2d51)
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
  const sum = lane ^ mixed
  return (Math.imul((sum << 13) | (sum >>> 19), 5) + 0xe6546b64) | 0
}

function finished(lane: number): number {
  let mixed = lane ^ (lane >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
