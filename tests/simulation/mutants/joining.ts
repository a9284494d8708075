import type { Mutant } from "./mutant.ts"

const reader = "cache/reader.ts"
const filler = "cache/filler.ts"
const table = "cache/flight-table.ts"

/** R10: who may share what. */
export const joiningMutants: readonly Mutant[] = [
  {
    name: "anybody-boards",
    rule: "R10",
    guards: "A caller takes the answer of a look that was read before it asked.",
    file: reader,
    find: "if (!sharesAll && !this.#mayJoinLoad(flight)) {",
    replace: "if (false) {",
    mix: "late",
    within: 300,
  },
  {
    name: "written-looks-are-shared",
    rule: "R10",
    guards: "A caller shares a look whose command was written before it asked.",
    file: table,
    find: "flight.turnOfStart === this.#turn && ",
    replace: "",
    mix: "late",
    within: 300,
  },
  {
    name: "refused-loads-are-shared",
    rule: "R10",
    guards: "A caller who came during a load takes its value although its fill was refused.",
    file: reader,
    find: "(sharesAll || landing.stored)",
    replace: "true",
    mix: "late",
    within: 300,
  },
  {
    name: "refused-fills-count-as-stored",
    rule: "R10",
    guards: "A caller who came during a load takes its value, believing that it was accepted.",
    file: filler,
    find: 'stored: answer === "stored" }',
    replace: "stored: true }",
    mix: "late",
    within: 300,
  },
  {
    name: "joining-while-filling",
    rule: "R10",
    guards: "A caller joins after the fill was accepted and the key invalidated.",
    file: reader,
    find: "onFilling: () => flight?.enter(phases.filling)",
    replace: "onFilling: () => {}",
    mix: "late",
    within: 300,
  },
  {
    name: "flights-of-one-key-have-no-limit",
    rule: "R10",
    guards: "Every change of a key under load starts one more load of it beside those under way.",
    file: table,
    find: "const detachedMax = 1",
    replace: "const detachedMax = 99",
    mix: "late",
    within: 300,
  },
  {
    name: "callers-who-may-not-join-fly-alone",
    rule: "R10",
    guards: "Callers who may not join load each for itself, not as one next flight.",
    file: reader,
    find: "await flight.turn()\n        continue",
    replace: 'return this.filler.loadUnstored(key, address, "miss")',
    mix: "herd",
    within: 300,
  },
  {
    name: "refresh-takes-what-was-loaded-before",
    rule: "R10",
    guards: "A refresh answers what was loaded before it was asked for.",
    file: reader,
    find: 'landing.source === "load"',
    replace: "true",
    mix: "late",
    within: 300,
  },
]
