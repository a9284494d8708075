import { readUint64, writeUint64 } from "./uint64.ts"

/*
 * The tag section of an envelope, big-endian: era 16 bytes | counter u64 | for each tag: length u16, UTF-8.
 */
const eraBytes = 16
const headBytes = eraBytes + 8
const lengthBytes = 2

/** What an entry records for the judgement of its tags (R7). */
export interface TagStamp {
  /** The tag clock that was known before the load or write of the entry began: 32 hex characters, and a whole number. */
  readonly clock: { readonly era: string; readonly counter: number }
  /** As of `checkedTags`. The tag that every entry of a cache carries is not among them. */
  readonly tags: readonly string[]
}

/** How long the section of a stamp is; an entry without a stamp has an empty one. */
export function tagSectionBytes(stamp: TagStamp | undefined): number {
  if (stamp === undefined) return 0
  return stamp.tags.reduce((sum, tag) => sum + lengthBytes + Buffer.byteLength(tag), headBytes)
}

export function writeTagSection(bytes: Buffer, at: number, { clock, tags }: TagStamp): void {
  bytes.write(clock.era, at, eraBytes, "hex")
  writeUint64(bytes, at + eraBytes, clock.counter)
  let end = at + headBytes
  for (const tag of tags) {
    const length = bytes.write(tag, end + lengthBytes)
    bytes.writeUInt16BE(length, end)
    end += lengthBytes + length
  }
}

/** The stamp in a section; undefined if it is empty, or none that this release can read. */
export function readTagSection(bytes: Buffer, from: number, to: number): TagStamp | undefined {
  if (to - from < headBytes) return undefined
  const clock = { era: bytes.toString("hex", from, from + eraBytes), counter: readUint64(bytes, from + eraBytes) }
  const tags: string[] = []
  let at = from + headBytes
  while (at < to) {
    const start = at + lengthBytes
    const end = start > to ? Infinity : start + bytes.readUInt16BE(at)
    if (end > to) return undefined
    tags.push(bytes.toString("utf8", start, end))
    at = end
  }
  return { clock, tags }
}
