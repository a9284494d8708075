import type { Mutant } from "./mutant.ts"

const tracking = "near/tracking.ts"

/** What others do to the store is not served from near caches for longer than the bound, where tracking is proved. */
export const trackingMutants: readonly Mutant[] = [
  {
    name: "touched-keys-are-ignored",
    rule: "R7",
    guards: "A copy is served until its ttl ends although its entry was removed by hand.",
    file: tracking,
    find: "else this.#options.touched(key)",
    replace: "else this.#options.touched('')",
    mix: "tracking",
    within: 20,
  },
  {
    name: "what-one-socket-has-proved-counts-for-the-next",
    rule: "R7",
    guards: "Tracking is said to be on, and the socket that took the place of the other is told of nothing.",
    file: tracking,
    find: "return tested !== undefined && tested.why === undefined",
    replace: "return [...this.#tested.values()].some(({ why: found }) => found === undefined)",
    and: [
      { file: tracking, find: "if (!other.isLost) continue", replace: "if (!other.isLost || this.#started) continue" },
    ],
    mix: "tracking-sockets",
    within: 400,
  },
]
