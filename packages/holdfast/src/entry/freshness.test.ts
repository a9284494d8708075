import { expect, test } from "vitest"
import { freshness } from "./freshness.ts"

test("an entry is fresh until its time, and stale from then on", () => {
  const entry = { freshUntilMs: 1_000 }
  expect(freshness(entry, 999)).toBe("fresh")
  expect(freshness(entry, 1_000)).toBe("stale")
})
