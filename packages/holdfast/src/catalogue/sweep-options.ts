/** Options of what sweeps over keys, besides those of every call, as of `options`. */
export const sweepOptions = {
  scan: {
    match: {
      type: "a `glob`",
      default: "all keys",
      effect: "Which keys.",
      errors: ["INVALID_PATTERN"],
    },
    budget: {
      type: "duration",
      default: "2ms",
      effect: "How long one SCAN may keep a server busy: how much it asks for at one time is fitted to it.",
      errors: ["INVALID_DURATION"],
    },
    share: {
      type: 'share above "0%"',
      default: "50%",
      effect: "Share of the time for which each server is kept busy at most; the sweep rests in between.",
      errors: ["INVALID_OPTION"],
    },
    onProgress: {
      type: "function of `{ servers, round, scans }`",
      default: "none",
      effect: "Told after every SCAN. What it throws ends the scan.",
      errors: ["INVALID_OPTION"],
    },
  },
  invalidatePattern: {
    dryRun: {
      type: "true or false",
      default: "false",
      effect: "Only counts what matches, and changes nothing.",
      errors: ["INVALID_OPTION"],
    },
    budget: {
      type: "duration",
      default: "2ms",
      effect: "How long one SCAN may keep a server busy: how much it asks for at one time is fitted to it.",
      errors: ["INVALID_DURATION"],
    },
    share: {
      type: 'share above "0%"',
      default: "50%",
      effect: "Share of the time for which each server is kept busy at most; the sweep rests in between.",
      errors: ["INVALID_OPTION"],
    },
    onProgress: {
      type: "function of `{ servers, round, scans, pass, matched, invalidated, journalled }`",
      default: "none",
      effect: "Told after every SCAN. What it throws ends the sweep.",
      errors: ["INVALID_OPTION"],
    },
  },
} as const
