import { expect, test } from "vitest"
import { tagSectionBytes } from "./tag-stamp.ts"
import { checkedEntryTags, checkedTagNames } from "./tag-names.ts"

const refused = expect.objectContaining({ code: "INVALID_TAG" })

test("a tag that is named twice counts once", () => {
  expect(checkedTagNames("tags", ["a", "b", "a"])).toEqual(["a", "b"])
})

test.each([
  ["a text instead of an array", "category:7"],
  ["what is no text", [7]],
  ["nothing", [undefined]],
  ["the empty text", [""]],
  ["a long text", ["x".repeat(513)]],
  ["a long text of few characters", ["é".repeat(257)]],
  ["half a surrogate pair", ["a\ud800"]],
])("%s is refused", (_what, names) => {
  expect(() => checkedTagNames("tags", names as string[])).toThrow(refused)
})

test("an entry has at most 100 tags, and those fit into its envelope however long they are", () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`.padEnd(512, "x"))
  const clock = { era: "0".repeat(32), counter: 1 }
  expect(tagSectionBytes({ clock, tags: checkedEntryTags("tags", names(100)) })).toBeLessThan(0x1_0000)
  expect(() => checkedEntryTags("tags", names(101))).toThrow(refused)
  expect(checkedTagNames("tags", names(101))).toHaveLength(101)
})

test("an error names the call, and says what a tag is", () => {
  expect(() => checkedTagNames("invalidateTags", "x" as never)).toThrow(
    "INVALID_TAG: `invalidateTags`: the tags are no array. A tag is a non-empty text of at most 512 bytes.",
  )
  expect(() => checkedTagNames("listTag", [""])).toThrow("`listTag`: a tag is the empty text.")
})

test("an error names no tag", () => {
  expect(() => checkedTagNames("tags", [`secret${"x".repeat(600)}`])).not.toThrow(/secret/)
})
