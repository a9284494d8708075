import { expect, test } from "vitest"
import { ownSlotsOf } from "./own-slots.ts"

const others = [
  "07c3 127.0.0.1:30004@31004,host slave e7d1 0 1426238317239 4 connected",
  "67ed 127.0.0.1:30002@31002 master - 0 1426238316232 2 connected 5461-10922",
]
const nodes = (own: string): string => [...others, own, ""].join("\n")
const own = (slots: string, epoch = 1): string =>
  `e7d1 127.0.0.1:30001@31001 myself,master - 0 0 ${epoch} connected ${slots}`

test("a server's own line says which slots it owns", () => {
  const slots = ownSlotsOf(nodes(own("0-5460 9000 16383")))
  expect([0, 5460, 9000, 16383].map((slot) => slots?.has(slot))).toEqual([true, true, true, true])
  expect([5461, 8999, 9001, 16382].map((slot) => slots?.has(slot))).toEqual([false, false, false, false])
})

test("a slot on its way to or from it is nobody's to vouch for", () => {
  const slots = ownSlotsOf(nodes(own("0-5460 [93->-67ed] [6000-<-67ed]")))
  expect([92, 93, 94, 6000].map((slot) => slots?.has(slot))).toEqual([true, false, true, false])
})

test("another range, another mark and another right to the same slots are seen by the fingerprint", () => {
  const texts = [own("0-5460"), own("0-5459"), own("0-5460 [93->-67ed]"), own("0-5460", 7)]
  const seen = texts.map((text) => ownSlotsOf(nodes(text))?.fingerprint)
  expect(new Set(seen).size).toBe(texts.length)
  expect(ownSlotsOf([own("0-5460"), ...others].join("\n"))?.fingerprint).toBe(seen[0])
})

test("a server without slots owns none, and a reply that names no own line says nothing", () => {
  expect(ownSlotsOf(nodes("e7d1 127.0.0.1:1@2 myself,master - 0 0 1 connected"))?.has(0)).toBe(false)
  expect(ownSlotsOf(others.join("\n"))).toBeUndefined()
  expect(ownSlotsOf("")).toBeUndefined()
})
