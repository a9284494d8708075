import { expect, test } from "vitest"
import type { EventPage, EventPosition } from "../contracts/event-stream.ts"
import { ReaderFigures } from "./reader-figures.ts"

const place = (era: string, count: number): EventPosition => ({ era, count, id: `${count}-0` })

function page(position: EventPosition | undefined, head: EventPosition, heldForMs?: number): EventPage {
  return { nowMs: 10_000, heldForMs, head, position, events: [] }
}

const lagOf = (asked: EventPage, waitingEntry?: string, reached?: EventPosition) => {
  const figures = new ReaderFigures()
  figures.asked(asked, 500)
  const { lag, lagMs, isReading } = figures.stats("r", "cache", 700, { reached, waitingEntry })
  return { lag, lagMs, isReading }
}

test("a reader is behind by what lies between its place and the head, from the first that waits on", () => {
  expect(lagOf(page(place("a", 3), place("a", 9)), "4000-1")).toEqual({ lag: 6, lagMs: 6200, isReading: true })
  expect(lagOf(page(place("a", 3), place("a", 9)), undefined, place("a", 9))).toMatchObject({ lag: 0, lagMs: 0 })
})

test("how far is not known of another era, without a place, and how long not where another process reads", () => {
  expect(lagOf(page(place("a", 3), place("b", 9)))).toEqual({ lag: undefined, lagMs: 200, isReading: true })
  expect(lagOf(page(undefined, place("b", 9)))).toMatchObject({ lag: undefined, lagMs: 200 })
  const elsewhere = lagOf(page(place("a", 3), place("a", 9), 1000), "4000-1", place("a", 9))
  expect(elsewhere).toEqual({ lag: 6, lagMs: undefined, isReading: false })
})

test("one that waits for no event in particular is behind for as long as it has not moved", () => {
  const figures = new ReaderFigures()
  const nothing = { reached: undefined, waitingEntry: undefined }
  const ask = (position: EventPosition | undefined, atMs: number, head = place("b", 9)): number | undefined => {
    figures.asked(page(position, head), atMs)
    return figures.stats("r", "group", atMs, nothing).lagMs
  }
  expect([ask(undefined, 0), ask(undefined, 300)]).toEqual([0, 300])
  expect([ask(place("a", 3), 400), ask(place("a", 3), 900)]).toEqual([0, 500])
  expect([ask(place("b", 4), 1000), ask(place("b", 4), 1100), ask(place("b", 5), 1200)]).toEqual([0, 100, 0])
  expect([ask(place("b", 9), 1300), ask(place("b", 9), 9000)]).toEqual([0, 0])
  // The time at the end is none that it has stood.
  expect([ask(place("b", 9), 9500, place("c", 1)), ask(place("b", 9), 9600, place("c", 1))]).toEqual([0, 100])
})

test("while the store does not answer it is not known how far a reader is behind, and for how long is counted", () => {
  const figures = new ReaderFigures()
  const stats = (nowMs: number) => {
    const { lagMs, failingMs } = figures.stats("r", "cache", nowMs, { reached: undefined, waitingEntry: undefined })
    return { lagMs, failingMs }
  }
  figures.failed(0)
  expect(stats(300)).toEqual({ lagMs: undefined, failingMs: 300 })
  figures.asked(page(place("a", 3), place("a", 3)), 400)
  expect(stats(500)).toEqual({ lagMs: 0, failingMs: undefined })
  figures.failed(600)
  figures.failed(700)
  expect(stats(900)).toEqual({ lagMs: undefined, failingMs: 300 })
  expect(figures.storeErrors).toBe(3)
})
