const brand: unique symbol = Symbol("unchanged")

/** What a loader answers in place of a value: the `previous` one still holds. */
export interface Unchanged {
  /** Nothing else is one. */
  readonly [brand]: true
}

export const unchanged: Unchanged = Object.freeze({ [brand]: true } as const)

export function isUnchanged(answer: unknown): answer is Unchanged {
  return answer === unchanged
}
