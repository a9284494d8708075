import type { Mutant } from "./mutant.ts"

/** Groups: what their tags are for, and why their invalidation takes two round trips. */
export const groupMutants: readonly Mutant[] = [
  {
    name: "entries-do-not-carry-the-tag-of-their-group",
    rule: "R7",
    guards: "What is of a group outlives its invalidation.",
    file: "cache/tags/tag-judge.ts",
    find: "return groupTag === undefined ? this.#onAll : [this.#clearTag, groupTag]",
    replace: 'return groupTag?.key === "" ? [groupTag] : this.#onAll',
    mix: "groups",
    within: 60,
  },
  {
    name: "the-tag-of-a-group-is-removed-beside-the-step-of-the-clock",
    rule: "R7",
    guards: "A load from before makes the tag anew with a clock that was read before the step, and stores under it.",
    file: "cache/tags/tag-delivery.ts",
    find: "const clock = await this.#store.advanceTagClock()",
    replace:
      'const step = this.#store.advanceTagClock()\n      step.catch(() => {})\n      const gone = { era: "f".repeat(32), counter: 0 }',
    and: [
      {
        file: "cache/tags/tag-delivery.ts",
        find: "this.#store.invalidateTag(tag, clock).then(() => void told.push(tag), this.#onFailure)",
        replace:
          "this.#store.invalidateTag(tag, gone).then(() => step.then(() => void told.push(tag)), this.#onFailure)",
      },
      {
        file: "cache/tags/tag-delivery.ts",
        find: "await Promise.all(tags.map(tellOne))",
        replace: "await Promise.all(tags.map(tellOne))\n      const clock = await step",
      },
    ],
    mix: "groups-cluster",
    within: 2000,
  },
]
