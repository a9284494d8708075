/** What a stored entry says, read from its bytes without the code under test. */
export interface EntryText {
  readonly isAbsent: boolean
  /** Of the row; 0 for an absence. */
  readonly row: number
  readonly key: string | undefined
  /** 16 bytes. */
  readonly id: string
  /** Whether its loader wanted it stored, and fresh for so long at most. */
  readonly isAsSaid: boolean
  /** As the store compares it; "" without one. */
  readonly version: string
}

/** When an entry was made and until when it is fresh, by the clock of its server, and what its load took. */
export interface EntryLife {
  readonly createdMs: number
  readonly freshUntilMs: number
  readonly costMs: number
}

export function readEntryText(bytes: string): EntryText {
  const isAbsent = (bytes.charCodeAt(3) & 1) === 1
  const versionLength = bytes.charCodeAt(61)
  const version = bytes.slice(64, 64 + versionLength)
  const id = bytes.slice(24, 40)
  if (isAbsent) return { isAbsent, row: 0, key: undefined, id, isAsSaid: true, version }
  const [, key, row, saidMs, skipped] = /"k":"(\w+)","v":(\d+)(?:,"c":\d)?(?:,"t":(\d+))?(,"s":1)?/.exec(bytes) ?? []
  const isAsSaid = skipped === undefined && (saidMs === undefined || freshMs(bytes) <= Number(saidMs))
  return { isAbsent, row: Number(row ?? 0), key, id, isAsSaid, version }
}

export function readEntryLife(bytes: string): EntryLife {
  return {
    createdMs: readNumber(bytes, 40, 8),
    freshUntilMs: readNumber(bytes, 8, 8),
    costMs: readNumber(bytes, 48, 4) / 1000,
  }
}

/** From when it was made until when it is fresh. */
function freshMs(bytes: string): number {
  const { createdMs, freshUntilMs } = readEntryLife(bytes)
  return freshUntilMs - createdMs
}

/** Big-endian. */
function readNumber(bytes: string, at: number, length: number): number {
  let number = 0
  for (let byte = at; byte < at + length; byte += 1) number = number * 256 + bytes.charCodeAt(byte)
  return number
}
