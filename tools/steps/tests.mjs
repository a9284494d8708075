import { runVitest } from "../lib/vitest.mjs"
import { fromCommand } from "./step.mjs"

/** @type {import("./step.mjs").Step} */
export const tests = {
  id: "tests",
  title: "unit, layer, type and document tests",
  async run() {
    const { code, output, counts } = await runVitest(["unit", "alone", "types", "docs"])
    const { passed, failed, skipped } = counts
    const listed = skipped.map(({ name, reason }) => `skipped: ${name}: ${reason ?? "NO REASON GIVEN"}`).join("; ")
    return { ...fromCommand({ code, output }, `${passed} passed, ${failed} failed${listed && `; ${listed}`}`), counts }
  },
}
