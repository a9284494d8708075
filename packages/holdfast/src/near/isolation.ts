import { copyValue } from "./value-copy.ts"
import { surveyValue, type ValueSurvey } from "./value-survey.ts"

/** A value that is kept. */
export interface Kept<V> {
  readonly value: V
  /** Whether each caller gets a {@link Isolation.copy} of it; else the value itself. */
  readonly isCloned: boolean
}

/** Keeps those who share a value from changing it for the others. */
export interface Isolation {
  /**
   * Makes a value fit to be kept: freezes it, or copies it, so that whoever else holds it cannot reach what is kept.
   *
   * @returns undefined for a value that can be neither frozen nor copied, such as an instance of a class: it may not be kept
   */
  takeIn<V>(value: V): Kept<V> | undefined
  /** What a caller may have of a value that was just read or loaded: itself, frozen, or a copy. Never undefined for a value. */
  handOut<V>(value: V): V
  /** A copy of what is kept, for one caller. Only for what `takeIn` has answered with `isCloned`. */
  copy<V>(kept: V): V
}

/**
 * Makes an {@link Isolation}.
 *
 * - `freeze` freezes objects and arrays in every depth, in place. Values that hold a Date, Map, Set or binary data, which cannot be
 *   frozen, are copied for each caller.
 * - `clone` copies for each caller.
 * - `share` gives everybody the same value, and trusts them.
 */
export function isolation(mode: "freeze" | "clone" | "share"): Isolation {
  return mode === "share" ? sharing : new Isolating(mode === "freeze")
}

const sharing: Isolation = {
  takeIn: (value) => ({ value, isCloned: false }),
  handOut: (value) => value,
  copy: (kept) => kept,
}

class Isolating implements Isolation {
  readonly #freezes: boolean
  /** Kept values in which an object is reached in more than one way. No codec of Holdfast makes any, so mostly there is no such set. */
  #graphs: WeakSet<object> | undefined

  constructor(freezes: boolean) {
    this.#freezes = freezes
  }

  takeIn<V>(value: V): Kept<V> | undefined {
    if (isImmutable(value)) return { value, isCloned: false }
    const survey = surveyValue(value)
    if (survey.isForeign) return undefined
    if (this.#freezes && survey.isFreezable) {
      freezeAll(survey)
      return { value, isCloned: false }
    }
    const kept = copyValue(value, survey.isGraph)
    if (survey.isGraph) (this.#graphs ??= new WeakSet()).add(kept)
    return { value: kept, isCloned: true }
  }

  handOut<V>(value: V): V {
    if (isImmutable(value)) return value
    const survey = surveyValue(value)
    if (survey.isForeign) return value
    if (!this.#freezes || !survey.isFreezable) return copyValue(value, survey.isGraph)
    freezeAll(survey)
    return value
  }

  copy<V>(kept: V): V {
    return copyValue(kept, this.#graphs?.has(kept as object) === true)
  }
}

/** A function is an object whose properties can be set. */
const isImmutable = (value: unknown): value is Exclude<typeof value, object> =>
  (typeof value !== "object" && typeof value !== "function") || value === null

function freezeAll({ objects }: ValueSurvey): void {
  for (const object of objects) Object.freeze(object)
}
