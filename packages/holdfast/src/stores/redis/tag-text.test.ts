import { expect, test } from "vitest"
import { readClockText, readTagText } from "./tag-text.ts"

const era = "0123456789abcdef".repeat(2)
const incarnation = "f".repeat(32)

test("a tag is complete with its time, or half-made", () => {
  const clock = { era, counter: 17 }
  expect(readTagText(`${era} 17 ${incarnation}`)).toEqual({ record: { is: "complete", clock }, incarnation })
  expect(readTagText(`- 0 ${incarnation}`)).toEqual({ record: { is: "half-made" }, incarnation })
})

test.each([
  ["nothing", ""],
  ["no incarnation", `${era} 17`],
  ["a negative counter", `${era} -1 ${incarnation}`],
  ["a counter that is none", `${era} x ${incarnation}`],
  ["an era that is none", `run 17 ${incarnation}`],
  ["a fourth word", `${era} 17 ${incarnation} 1`],
  ["a line end", `${era} 17 ${incarnation}\n`],
  ["a second space", `${era}  17 ${incarnation}`],
  ["an entry", `HF\u0001${"\0".repeat(60)}`],
])("%s is no tag", (_what, text) => {
  expect(readTagText(text)).toBeUndefined()
})

test("the answer of the clock is an era and a counter, and the longest life if one is known, and nothing else", () => {
  expect(readClockText(`${era} 17`)).toEqual({ clock: { era, counter: 17 }, longestMs: 0 })
  expect(readClockText(`${era} 17 60000`)).toEqual({ clock: { era, counter: 17 }, longestMs: 60_000 })
  for (const text of [
    "",
    era,
    `${era} 17 run`,
    `${era} 17 5 6`,
    `${era} 17 `,
    `${era} -1`,
    `${era.slice(1)} 17`,
    `- 0`,
    "OK",
  ])
    expect(readClockText(text)).toBeUndefined()
})
