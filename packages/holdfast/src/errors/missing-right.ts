import type { ErrorFacts } from "./holdfast-error.ts"

/** What the user may lack besides commands; whose key or channel it is, is their owner's to know. */
export const unnamedRights = { key: "a key", channel: "a channel", command: "a command" } as const

/** What the user lacks, as a part of a sentence; undefined if the error is about something else. */
export function missingRight({ permission }: ErrorFacts): string | undefined {
  if (typeof permission !== "string") return undefined
  return `the user lacks the permission ${permission.startsWith("+") ? "" : "for "}${permission}`
}
