import { expect, test } from "vitest"
import { runHistory } from "../run-history.ts"

const listing = "#21 list-tag"

// In this history the index and the clock of tags are evicted, and then, while it is listed, the tag itself.
test("a list that calls itself complete need not bring what died by its tags while it was made", async () => {
  const story: string[] = []
  const tell = (line: string): void => void story.push(line)
  const { violations } = await runHistory({ seed: 2317, mix: "index-losses", tell })
  const at = (what: string): number => story.findIndex((line) => line.includes(what))
  const meanwhile = story.slice(at(`begins ${listing}`), at(`ends ${listing}`) + 1)
  expect(meanwhile.at(-1) ?? "that list is not in the story").toContain("blue: nothing, complete: true")
  expect(meanwhile.some((line) => line.endsWith("evict: sim:{tag#blue}"))).toBe(true)
  expect(violations).toEqual([])
})
