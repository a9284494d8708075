import { expect, test } from "vitest"
import { runHistory } from "../run-history.ts"

// In this history the index and the clock of tags are evicted, and then, while it is listed, the tag itself.
test("a list that calls itself complete need not bring what died by its tags while it was made", async () => {
  const { violations } = await runHistory({ seed: 2317, mix: "index-losses", isNaive: false })
  expect(violations).toEqual([])
})
