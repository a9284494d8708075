import { expect, test } from "vitest"
import type { EventPage, EventPosition, StreamedEvent } from "../contracts/event-stream.ts"
import { stepsOf } from "./page-steps.ts"

const place = (era: string, count: number): EventPosition => ({ era, count, id: `${count}-0` })
const event = (position: EventPosition): StreamedEvent => ({
  position,
  entryId: position.id,
  id: "m",
  data: Buffer.from(""),
})
const foreign = (id: string): StreamedEvent => ({ position: undefined, entryId: id, id: "", data: Buffer.from("") })

function page(position: EventPosition | undefined, head: EventPosition, events: readonly StreamedEvent[]): EventPage {
  return { nowMs: 0, heldForMs: undefined, head, position, events }
}

/** The steps in short: an event by its place, a gap by its reason. */
function short(found: EventPage, limit = 10): readonly string[] {
  return stepsOf(found, limit).map((step) => {
    if (step.is === "event") return `${step.at.era}${step.at.count}`
    return step.is === "gap" ? `gap:${step.why}` : "unreadable"
  })
}

test("events that follow each other have no gap", () => {
  const events = [event(place("a", 4)), event(place("a", 5))]
  expect(short(page(place("a", 3), place("a", 5), events))).toEqual(["a4", "a5"])
  expect(short(page(place("a", 5), place("a", 5), []))).toEqual([])
})

test("what was trimmed is missed at its place, also where nothing is left", () => {
  expect(short(page(place("a", 3), place("a", 6), [event(place("a", 6))]))).toEqual(["gap:trimmed", "a6"])
  const holed = [event(place("a", 4)), event(place("a", 6))]
  expect(short(page(place("a", 3), place("a", 6), holed))).toEqual(["a4", "gap:trimmed", "a6"])
  const [gap] = stepsOf(page(place("a", 3), place("a", 6), []), 10)
  expect(gap).toEqual({ is: "gap", why: "trimmed", at: place("a", 6) })
})

test("another era is a gap, with events of it or without", () => {
  expect(short(page(place("a", 3), place("b", 0), []))).toEqual(["gap:lost"])
  const kept = [event(place("a", 4)), event(place("b", 1))]
  expect(short(page(place("a", 3), place("b", 1), kept))).toEqual(["a4", "gap:lost", "b1"])
  expect(short(page(place("a", 3), place("b", 0), [event(place("a", 4))]))).toEqual(["a4", "gap:lost"])
  expect(short(page(place("a", 3), place("b", 4), [event(place("b", 4))]))).toEqual(["gap:lost", "b4"])
  // The same count in another era is another event.
  expect(short(page(place("a", 3), place("b", 3), []))).toEqual(["gap:lost"])
})

test("a full page says nothing of the end", () => {
  const events = [event(place("a", 4)), event(place("a", 5))]
  expect(short(page(place("a", 3), place("a", 9), events), 2)).toEqual(["a4", "a5"])
})

test("a reader of which nothing is known has a gap before all", () => {
  expect(stepsOf(page(undefined, place("a", 7), []), 10)).toEqual([{ is: "gap", why: "unknown", at: place("a", 7) }])
  const events = [event(place("a", 6)), event(place("a", 7))]
  expect(short(page(undefined, place("a", 7), events))).toEqual(["gap:unknown", "a6", "a7"])
})

test("an entry of somebody else is passed, and counts for nothing", () => {
  const events = [foreign("3-5"), event(place("a", 4))]
  expect(short(page(place("a", 3), place("a", 4), events))).toEqual(["unreadable", "a4"])
  const [first] = stepsOf(page(place("a", 3), place("a", 4), events), 10)
  expect(first?.at).toEqual({ era: "a", count: 3, id: "3-5" })
})

test("whoever has no place moves on past a full page of what nobody can read", () => {
  const foreign = ["1-0", "2-0"].map((entryId) => ({ position: undefined, entryId, id: "", data: Buffer.alloc(0) }))
  const head = { era: "e1", count: 3, id: "3-0" }
  const page = { nowMs: 0, heldForMs: undefined, position: undefined, head, events: foreign }
  expect(stepsOf(page, 2).at(-1)).toEqual({ is: "unreadable", at: { era: "e1", count: 0, id: "2-0" } })
})
