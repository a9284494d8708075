import type { Mutant } from "./mutant.ts"

const collection = "cache/units/collection.ts"
const open = "cache/units/open-unit.ts"
const sender = "cache/units/unit-sender.ts"

/** What `afterCommit` sends, and when; and that a commit may come after its error (R2, R6). */
export const unitMutants: readonly Mutant[] = [
  {
    name: "units-send-what-is-named-at-once",
    rule: "R2",
    guards:
      "Who reads between the invalidation and the commit puts the old value back, and nobody invalidates any more.",
    file: open,
    find: "collection.addKey({ cache: target, address, request, windows })",
    replace:
      "collection.addKey({ cache: target, address, request, windows }); target.invalidate(address, request).catch(() => {})",
    and: [
      {
        file: sender,
        find: "if (windows.length === 0) return cache.invalidate(address, request)",
        replace: "if (windows.length === 0) return true",
      },
    ],
    mix: "units-crowd",
    within: 150,
  },
  {
    name: "units-that-throw-drop-their-keys",
    rule: "R2",
    guards: "What was committed before the error is served in its old version, for its whole ttl.",
    file: "cache/units/units.ts",
    find: "if (onThrow !== undefined) collected.workThrew(onThrow)",
    replace: 'if (onThrow !== undefined) collected.workThrew("drop")',
    mix: "units-crowd",
    within: 100,
  },
  {
    name: "units-publish-before-they-invalidate",
    rule: "R2",
    guards: "Who hears of a change reads what was before it.",
    file: sender,
    find: "const told = await Promise.allSettled(sending)",
    replace: "await this.#publishAll(collected.events); const told = await Promise.allSettled(sending)",
    mix: "units-crowd",
    within: 1100,
  },
  {
    name: "units-do-not-wait-for-strict-windows",
    rule: "R6",
    guards: "A transaction of which the store knows nothing commits, and the old value is served.",
    file: open,
    find: "const opened = await Promise.all(windows.map(({ opening }) => opening))",
    replace: "const opened: never[] = []",
    mix: "units-late-opens",
    within: 400,
  },
  {
    name: "strict-units-that-throw-close-their-windows",
    rule: "R6",
    guards: "The commit comes after the error, and what was loaded in between is served after it.",
    file: collection,
    find: 'onThrow === "drop" ? "drop" : "leave"',
    replace: '"close"',
    mix: "units-late-commits",
    within: 2100,
  },
  {
    name: "strict-writers-that-throw-close-their-windows",
    rule: "R6",
    guards: "The commit comes after the error, and what was loaded in between is served after it.",
    file: "cache/writer.ts",
    find: "if (this.#settings.strict === undefined || grant === undefined || isGivenUp) return this.cancel(begun)",
    replace: "if (begun.key !== undefined || (grant && isGivenUp)) return this.cancel(begun)",
    mix: "strict",
    within: 2200,
  },
]
