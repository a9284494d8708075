/** What a stored entry says of its tags, read from its bytes without the code under test. */
export interface EntryStamp {
  /** 16 bytes. */
  readonly era: string
  readonly counter: number
  readonly tags: readonly string[]
}

const headLength = 64
const stampLength = 24

/** Undefined: it says nothing. */
export function readStamp(bytes: string): EntryStamp | undefined {
  const from = headLength + bytes.charCodeAt(61)
  const length = readNumber(bytes, 62, 2)
  const section = bytes.slice(from, from + length)
  if (section.length < stampLength) return undefined
  const tags: string[] = []
  for (let at = stampLength; at + 2 <= section.length;) {
    const end = at + 2 + readNumber(section, at, 2)
    tags.push(section.slice(at + 2, end))
    at = end
  }
  return { era: section.slice(0, 16), counter: readNumber(section, 16, 8), tags }
}

/**
 * Whether a tag leaves an entry that carries it alive.
 *
 * @param record what the store holds of the tag
 */
export function isAliveBy(record: unknown, { era, counter }: EntryStamp): boolean {
  const [, taggedEra = "", taggedAt = ""] = /^([\da-f]{32}) (\d+) /.exec(String(record)) ?? []
  return taggedEra === Buffer.from(era, "latin1").toString("hex") && Number(taggedAt) <= counter
}

function readNumber(bytes: string, at: number, length: number): number {
  let value = 0
  for (let byte = at; byte < at + length; byte += 1) value = value * 256 + bytes.charCodeAt(byte)
  return value
}
