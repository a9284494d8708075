import { expect, expectTypeOf, test } from "vitest"
import type { HoldfastEvent } from "../contracts/observer.ts"
import { events } from "./events.ts"

type FieldsIn<E, Name> = E extends { readonly name: Name } ? Exclude<keyof E, "name"> : never
type Coded = { [Name in HoldfastEvent["name"]]: FieldsIn<HoldfastEvent, Name> }
type Described = { -readonly [Name in keyof typeof events]: keyof (typeof events)[Name]["fields"] }

test("every event and every field of it is described, and nothing else", () => {
  // Checked when the package is compiled.
  expectTypeOf<Described>().toEqualTypeOf<Coded>()
})

test("every description is a sentence", () => {
  const texts = Object.values(events).flatMap(({ when, fields }) => [
    when,
    ...Object.values(fields).map(({ means }) => means),
  ])
  expect(texts.length).toBeGreaterThan(40)
  expect(texts.filter((text) => !/^[A-Z`].*\.$/.test(text))).toEqual([])
})
