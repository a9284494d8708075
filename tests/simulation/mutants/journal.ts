import type { Mutant } from "./mutant.ts"

const journal = "cache/journal.ts"

/** What happens to a change that the store cannot be told. */
export const journalMutants: readonly Mutant[] = [
  {
    name: "undelivered-invalidation-is-forgotten",
    rule: "JOURNAL",
    guards: "The old value is read when the store is back, in this process too.",
    file: "cache/invalidator.ts",
    find: "this.#parts.journal.add(address, request)",
    replace: "void request",
    mix: "undelivered",
    within: 50,
  },
  {
    name: "undelivered-keys-are-read-from-the-store",
    rule: "JOURNAL",
    guards: "A process reads its own change's old value from a store that does not know of the change.",
    file: "cache/reader.ts",
    find: "this.#parts.journal.holds(address.value)",
    replace: "false",
    mix: "undelivered",
    within: 640,
  },
  {
    name: "peek-reads-undelivered-keys",
    rule: "JOURNAL",
    guards: "A peek shows a process the value from before its own change.",
    file: "cache/cache.ts",
    find: "if (this.#parts.journal.holds(address.value)) return undefined",
    replace: "",
    mix: "away",
    within: 13000,
  },
  {
    name: "lookup-reads-undelivered-keys",
    rule: "JOURNAL",
    guards: "A lookup shows a process the value from before its own change.",
    file: "cache/lookup.ts",
    find: "if (parts.journal.holds(address.value)) return unavailable",
    replace: "",
    mix: "away",
    within: 6500,
  },
  {
    name: "delivery-is-tried-once",
    rule: "JOURNAL",
    guards: "What could not be delivered at once stays undelivered.",
    file: journal,
    find: "this.#timer = undefined\n    this.#schedule()",
    replace: "",
    mix: "undelivered",
    within: 50,
  },
]
