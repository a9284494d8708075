import type { EventPage, EventPosition, StreamedEvent } from "../../contracts/event-stream.ts"
import type { RedisReply } from "../../contracts/redis-client.ts"
import { textOf } from "./replies.ts"

/** The place that a script tells: "<era> <count> <id>". Undefined for the place of a reader that has none, and for what is no place. */
export function readEventPlace(text: string | undefined): EventPosition | undefined {
  const [, era, count, id] = /^([0-9a-f]+) (\d+) (\d+-\d+)$/.exec(text ?? "") ?? []
  return era === undefined || id === undefined ? undefined : { era, count: Number(count), id }
}

/** What `read-events` answers; undefined if it is no such answer. */
export function readEventPage(reply: RedisReply): EventPage | undefined {
  if (!Array.isArray(reply) || reply.length !== 5) return undefined
  const [nowMs, holder, headText, placeText, entries] = reply as readonly RedisReply[]
  const head = readEventPlace(textOf(headText))
  const held = textOf(holder)
  if (typeof nowMs !== "number" || head === undefined || held === undefined || !Array.isArray(entries)) return undefined
  const events = (entries as readonly RedisReply[]).map(readEntry)
  if (events.includes(undefined)) return undefined
  return {
    nowMs,
    heldForMs: held === "ours" ? undefined : Number(held),
    head,
    position: readEventPlace(textOf(placeText)),
    events: events as readonly StreamedEvent[],
  }
}

const format = "1"
const nothing = Buffer.alloc(0)

/** An entry that is none of ours, or one of a newer format, has no position. */
function readEntry(entry: RedisReply): StreamedEvent | undefined {
  if (!Array.isArray(entry)) return undefined
  const [id, list] = entry as readonly RedisReply[]
  const entryId = textOf(id)
  if (entryId === undefined || !Array.isArray(list)) return undefined
  const fields = new Map<string, RedisReply>()
  for (let at = 0; at + 1 < list.length; at += 2) fields.set(String(list[at]), list[at + 1] as RedisReply)
  const data = fields.get("data")
  const isOurs = textOf(fields.get("v")) === format && Buffer.isBuffer(data)
  const place = `${textOf(fields.get("era"))} ${textOf(fields.get("n"))} ${entryId}`
  return {
    position: isOurs ? readEventPlace(place) : undefined,
    entryId,
    id: textOf(fields.get("id")) ?? "",
    // A part of a reply would keep the whole of it in memory.
    data: Buffer.isBuffer(data) ? Buffer.from(data) : nothing,
  }
}
