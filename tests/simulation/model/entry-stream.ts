/** The id of an entry of a stream. */
export interface EntryId {
  readonly ms: number
  readonly sequence: number
}

/** One entry: its id, and names and values in turn. */
export interface StreamEntry {
  readonly id: EntryId
  readonly fields: readonly string[]
}

/** Entries by rising ids; never changed, only replaced. */
export class EntryStream {
  readonly entries: readonly StreamEntry[]
  readonly last: EntryId

  constructor(entries: readonly StreamEntry[] = [], last: EntryId = { ms: 0, sequence: 0 }) {
    this.entries = entries
    this.last = last
  }

  /** With one more, under the next id at this time. */
  with(fields: readonly string[], nowMs: number): EntryStream {
    const { ms, sequence } = this.last
    const id = nowMs > ms ? { ms: nowMs, sequence: 0 } : { ms, sequence: sequence + 1 }
    return new EntryStream([...this.entries, { id, fields }], id)
  }

  /** Without any; the ids go on. */
  emptied(): EntryStream {
    return new EntryStream([], this.last)
  }
}

export const idText = ({ ms, sequence }: EntryId): string => `${ms}-${sequence}`

/** Below zero if the one comes before the other. */
export function compareIds(a: EntryId, b: EntryId): number {
  return a.ms - b.ms || a.sequence - b.sequence
}
