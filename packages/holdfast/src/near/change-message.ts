import type { Change } from "../contracts/coherence.ts"

/** Reads a message of a namespace's channel; undefined for those that tell of no change, such as a wake-up after a fill. */
export function changeOf(message: Buffer): Change | undefined {
  const text = message.toString("utf8")
  if (text.startsWith("i") && text.length > 1) return { is: "key", key: text.slice(1) }
  if (text.startsWith("c")) return { is: "cache", cache: text.slice(1) || undefined }
  const [, era, counter, key] = /^t([0-9a-f]{32}) (\d{1,15}) (.+)$/s.exec(text) ?? []
  if (era === undefined || key === undefined) return undefined
  return { is: "tag", key, clock: { era, counter: Number(counter) } }
}
