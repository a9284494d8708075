import type { GapReason } from "../contracts/domain-event.ts"
import type { EventPage, EventPosition, StreamedEvent } from "../contracts/event-stream.ts"

/** What a reader finds on its way; `at`: where it stands once that is done, if it stands anywhere. */
export type Step =
  /** Events may be missing here. */
  | { readonly is: "gap"; readonly why: GapReason; readonly at: EventPosition | undefined }
  /** An entry of a newer format, or of somebody else. */
  | { readonly is: "unreadable"; readonly at: EventPosition | undefined }
  | { readonly is: "event"; readonly event: StreamedEvent; readonly at: EventPosition }

/**
 * What a page means for its reader, in order: each event must follow the one before by its count, in one era, and the last one of
 * the stream must be the one that was published last; whatever else is a gap.
 *
 * @param limit of the page
 */
export function stepsOf({ position, events, head }: EventPage, limit: number): readonly Step[] {
  const isEnd = events.length < limit
  const steps: Step[] = []
  let at = position
  if (at === undefined) steps.push({ is: "gap", why: "unknown", at: undefined })
  for (const event of events) {
    const next = event.position
    if (next === undefined) {
      at &&= { ...at, id: event.entryId }
      steps.push({ is: "unreadable", at })
      continue
    }
    if (at !== undefined && !follows(next, at)) steps.push({ is: "gap", why: whyBetween(at, next), at: undefined })
    steps.push({ is: "event", event, at: next })
    at = next
  }
  const last = steps.at(-1)
  // Whoever had no place has one at the end of the page, even where nothing could be read: the same page would come for ever.
  if (at === undefined && last !== undefined) {
    const end = isEnd ? head : { ...head, count: 0, id: events.at(-1)?.entryId ?? head.id }
    return [...steps.slice(0, -1), { ...last, at: end }]
  }
  if (isEnd && at !== undefined && !isSame(at, head)) steps.push({ is: "gap", why: whyBetween(at, head), at: head })
  return steps
}

const follows = (next: EventPosition, at: EventPosition): boolean => next.era === at.era && next.count === at.count + 1

const isSame = (a: EventPosition, b: EventPosition): boolean => a.era === b.era && a.count === b.count

const whyBetween = (a: EventPosition, b: EventPosition): GapReason => (a.era === b.era ? "trimmed" : "lost")
