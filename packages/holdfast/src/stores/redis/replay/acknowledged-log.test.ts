import { expect, test } from "vitest"
import type { Invalidation } from "../../../contracts/losses.ts"
import type { InvalidateRequest } from "../../../contracts/store.ts"
import { entryAddress } from "../../../entry/key.ts"
import { tagAddress } from "../../../entry/tag-address.ts"
import { AcknowledgedLog } from "./acknowledged-log.ts"

const drop: InvalidateRequest = { mode: "drop", version: undefined, tombstoneMs: 1000, graceMs: 0 }

const key = (id: string, request: Partial<InvalidateRequest> = {}): Invalidation => ({
  address: entryAddress("shop", "product", id),
  request: { ...drop, ...request },
})
const tag = (name: string): Invalidation => ({ tag: tagAddress("shop", name) })

/** What was taken, by the ends of the keys. */
function names(taken: readonly Invalidation[]): string[] {
  return taken.map((each) => ("tag" in each ? each.tag.key : each.address.value).replace(/^shop:/, ""))
}

function logOf(most = 100): AcknowledgedLog {
  return new AcknowledgedLog({ most, reachMs: 1000 })
}

test("what was acknowledged after a number is taken out, and what before it stays for a server that knows less", () => {
  const log = logOf()
  log.add(key("a"), 1, 0)
  log.add(tag("t"), 2, 0)
  log.add(key("b"), 3, 0)
  const first = log.takeAfter(2)
  expect([names(first.invalidations), first.isOpen]).toEqual([["{product:b}"], false])
  expect(names(log.takeAfter(0).invalidations)).toEqual(["{product:a}", "{tag#t}"])
  expect(log.size).toBe(0)
})

test("a key counts once, with its latest number and all that was ever asked of it", () => {
  const log = logOf()
  log.add(key("a", { version: "v2" }), 1, 0)
  log.add(key("b"), 2, 0)
  log.add(key("a", { mode: "expire", graceMs: 500, version: "v1" }), 3, 0)
  expect(log.takeAfter(2).invalidations).toEqual([key("a", { version: "v2" })])
  expect(log.newest).toBe(3)
})

test("what is too old or too much is forgotten, and whoever needs it is told so", () => {
  const log = logOf(2)
  log.add(key("a"), 1, 0)
  log.add(key("b"), 2, 0)
  expect(log.takeAfter(0).isOpen).toBe(false)
  for (const [at, id] of ["a", "b", "c"].entries()) log.add(key(id), at + 3, 0)
  expect(log.size).toBe(2)
  expect(log.takeAfter(3).isOpen).toBe(false)
  expect(log.takeAfter(2).isOpen).toBe(true)
  log.add(key("d"), 6, 0)
  log.forget(1000)
  expect(log.size).toBe(1)
  log.forget(1001)
  expect(log.size).toBe(0)
  expect([log.takeAfter(6).isOpen, log.takeAfter(5).isOpen]).toEqual([false, true])
})
