import type { Mutant } from "./mutant.ts"

const reader = "cache/reader.ts"
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
    within: 14_000,
  },
  {
    name: "written-looks-are-shared",
    rule: "R10",
    guards: "A caller shares a look whose command was written before it asked.",
    file: table,
    find: "flight.turnOfStart === this.#turn && ",
    replace: "",
    mix: "late",
    within: 110,
  },
  {
    name: "refused-loads-are-shared",
    rule: "R10",
    guards: "A caller who came during a load takes its value although its fill was refused.",
    file: reader,
    find: "return stored && (await",
    replace: "return (await",
    mix: "late",
    within: 4370,
  },
  {
    name: "joining-while-filling",
    rule: "R10",
    guards: "A caller joins after the fill was accepted and the key invalidated.",
    file: reader,
    find: "onFilling: () => flight?.enter(phases.filling)",
    replace: "onFilling: () => {}",
    mix: "late",
    within: 16_000,
  },
  {
    name: "callers-who-may-not-join-fly-alone",
    rule: "R10",
    guards: "Callers who may not join load each for itself, not as one next flight.",
    file: reader,
    find: "await flight.turn()\n        continue",
    replace: 'return this.filler.loadUnstored(key, address, "miss")',
    mix: "herd",
    within: 50,
  },
]
