import type { Mutant } from "./mutant.ts"

/** How the loads of many keys are gathered. */
export const batchMutants: readonly Mutant[] = [
  {
    name: "batches-wait-before-their-own-loads",
    rule: "BATCH",
    guards: "Two batches, each with a lease that the other waits for, load nothing until they have waited for a cap.",
    file: "cache/reader.ts",
    find: "visit.batch?.pause(visit.address.value)",
    replace: "",
    mix: "batches",
    within: 80,
  },
  {
    name: "batches-wait-for-flights",
    rule: "BATCH",
    guards: "A key whose flight belongs to somebody else holds the loads of all others up, and those its flight.",
    file: "cache/reader.ts",
    find: "if (boardable !== undefined) batch?.pause(address.value)",
    replace: "",
    mix: "batches",
    within: 5000,
  },
  {
    name: "values-of-a-batch-are-mixed-up",
    rule: "BATCH",
    guards: "A key gets the value of another key of its batch.",
    file: "cache/load-batch.ts",
    find: "value: values.get(request.address.value)",
    replace: "value: [...values.values()][0]",
    mix: "batches",
    within: 50,
  },
  {
    name: "batches-do-not-end-for-those-who-failed",
    rule: "BATCH",
    guards: "A load that fails leaves the keys of its batch unanswered.",
    file: "cache/load-batch.ts",
    find: "for (const { end } of loads) end.reject(error)",
    replace: "void error",
    mix: "source",
    within: 80,
  },
]
