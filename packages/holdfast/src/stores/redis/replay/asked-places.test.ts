import { expect, test } from "vitest"
import { AskedPlaces } from "./asked-places.ts"

const reachMs = 1000
const set = (...names: string[]): ReadonlySet<string> => new Set(names)

test("a place is asked once, and again after another one has succeeded it", () => {
  const places = new AskedPlaces(reachMs)
  expect(places.isAsked("a", "a 1")).toBe(false)
  places.asked("a", "a 1")
  expect([places.isAsked("a", "a 1"), places.isAsked("a", "a 2")]).toEqual([true, false])
  places.succeeded("a 1")
  expect([places.isAsked("a", "a 1"), places.isSucceeded("a 1")]).toEqual([false, true])
  places.asked("a", "a 1")
  expect([places.isAsked("a", "a 1"), places.isSucceeded("a 1")]).toEqual([true, false])
})

test("servers that have no slot any more are asked again when they come back", () => {
  const places = new AskedPlaces(reachMs)
  for (const node of ["a", "b"]) places.asked(node, `${node} 1`)
  places.tidy(0, set("b"), set("b 1"))
  expect([places.isAsked("a", "a 1"), places.isAsked("b", "b 1"), places.size]).toEqual([false, true, 1])
})

test("what was succeeded counts so for as long as it is used, and for the reach after that was noticed to end", () => {
  const places = new AskedPlaces(reachMs)
  places.asked("a", "a 1")
  places.succeeded("a 1")
  places.tidy(5000, set("a"), set("a 1"))
  places.tidy(6000, set("a"), set())
  places.tidy(7000, set("a"), set())
  expect(places.isSucceeded("a 1")).toBe(true)
  places.tidy(7000, set("a"), set("a 1"))
  places.tidy(8000, set("a"), set())
  places.tidy(9000, set("a"), set())
  expect(places.isSucceeded("a 1")).toBe(true)
  places.tidy(9001, set("a"), set())
  expect([places.isSucceeded("a 1"), places.isAsked("a", "a 1"), places.size]).toEqual([false, false, 0])
})
