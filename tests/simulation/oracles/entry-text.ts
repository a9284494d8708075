/** What a stored entry says, read from its bytes without the code under test. */
export interface EntryText {
  readonly isAbsent: boolean
  /** Of the row; 0 for an absence. */
  readonly row: number
  readonly key: string | undefined
  /** As the store compares it; "" without one. */
  readonly version: string
}

export function readEntryText(bytes: string): EntryText {
  const isAbsent = (bytes.charCodeAt(3) & 1) === 1
  const versionLength = bytes.charCodeAt(61)
  const version = bytes.slice(64, 64 + versionLength)
  if (isAbsent) return { isAbsent, row: 0, key: undefined, version }
  const [, key, row] = /"k":"(\w+)","v":(\d+)/.exec(bytes) ?? []
  return { isAbsent, row: Number(row ?? 0), key, version }
}
