import type { InvalidateRequest, StrictTerm } from "../../contracts/store.ts"
import { opened, voided, type ControlRecord, type Window } from "./control-record.ts"
import { wholeMs } from "./whole-ms.ts"

/** The record of a strict entry, made anew if it is absent; as `settle_strict` of `scripts/includes/strict.lua`. */
export function settled(
  record: ControlRecord,
  { termMs, keepMs }: StrictTerm,
  nowMs: number,
): { readonly record: ControlRecord; readonly isYoung: boolean } {
  const known = record.strict
  const birthMs = known?.birthMs ?? nowMs
  const untilMs = Math.max(known?.untilMs ?? 0, nowMs + wholeMs(keepMs))
  const strict = { birthMs, untilMs }
  return {
    record: known === undefined ? { ...voided(record), strict } : { ...record, strict },
    isYoung: nowMs - birthMs < wholeMs(termMs),
  }
}

/** The record with one more window, under which every lease is void; as `open_strict` of the same. */
export function openedStrictly(
  record: ControlRecord,
  term: StrictTerm,
  window: Omit<Window, "overlapped">,
  nowMs: number,
): ControlRecord {
  const { record: known, isYoung } = settled(record, term, nowMs)
  const open = opened(voided(known), window)
  return isYoung ? voided(open) : open
}

/** What becomes of the value when a strict window opens. */
export function dropByOpen({ tombstoneMs }: StrictTerm): InvalidateRequest {
  return { mode: "drop", graceMs: 0, version: undefined, tombstoneMs }
}
