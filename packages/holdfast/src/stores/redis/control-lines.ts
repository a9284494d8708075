import type { Inspection } from "../../contracts/store.ts"

type Control = Pick<Inspection, "lease" | "windows" | "tombstone">

const line = /^(lease|window|tombstone) (\S+) (\d+) ?([01]?)$/

/** Reads the text of a control record (its format: `scripts/includes/control-record.lua`) for a person who looks at it. */
export function readControlLines(text: string, nowMs: number): Control {
  const windows: Inspection["windows"][number][] = []
  let lease: Inspection["lease"]
  let tombstone: Inspection["tombstone"]
  for (const each of text.split("\n")) {
    const [, kind, name = "", deadline, flag] = line.exec(each) ?? []
    const remainingMs = Number(deadline) - nowMs
    if (kind === "lease") lease = { remainingMs }
    else if (kind === "tombstone") tombstone = { version: name, remainingMs }
    else if (kind === "window" && remainingMs >= 0) windows.push({ remainingMs, overlapped: flag === "1" })
  }
  const counts = lease !== undefined || (tombstone !== undefined && tombstone.remainingMs >= 0)
  return { lease, windows, tombstone: counts ? tombstone : undefined }
}
