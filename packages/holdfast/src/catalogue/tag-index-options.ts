/** Options of what works on the index of a tag, as of `options`. */
export const tagIndexOptions = {
  listTag: {
    signal: {
      type: "AbortSignal",
      default: "none",
      effect: "Ends the work when aborted, with the signal's reason. What was done by then stays done.",
      errors: ["INVALID_OPTION"],
    },
    batch: {
      type: "whole number from 1 to 1000",
      default: "200",
      effect: "Entries asked for at one time.",
      errors: ["INVALID_OPTION"],
    },
    verify: {
      type: "true or false",
      default: "false",
      effect:
        "Looks at each entry, and leaves out those that were replaced, invalidated or evicted, or that are dead by one of their tags.",
      errors: [],
    },
  },
  reclaimTag: {
    signal: {
      type: "AbortSignal",
      default: "none",
      effect: "Ends the work when aborted, with the signal's reason. What was done by then stays done.",
      errors: ["INVALID_OPTION"],
    },
    batch: {
      type: "whole number from 1 to 1000",
      default: "200",
      effect: "Entries asked for at one time.",
      errors: ["INVALID_OPTION"],
    },
    onProgress: {
      type: "function of `{ freed, left }`",
      default: "none",
      effect: "Called after each batch. What it throws ends the work.",
      errors: [],
    },
  },
} as const
