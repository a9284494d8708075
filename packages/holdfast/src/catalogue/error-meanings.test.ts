import { expect, test } from "vitest"
import { errorCodes } from "./error-codes.ts"
import { errorMeanings } from "./error-meanings.ts"

test("every error code has its meaning, in the same order, and nothing else has one", () => {
  expect(Object.keys(errorMeanings)).toEqual(Object.keys(errorCodes))
})

test("every meaning and every remedy is a sentence", () => {
  const texts = [...Object.values(errorMeanings), ...Object.values(errorCodes).map(({ remedy }) => remedy)]
  expect(texts.length).toBeGreaterThan(40)
  expect(texts.filter((text) => !/^[A-Z`].*\.$/.test(text))).toEqual([])
})
