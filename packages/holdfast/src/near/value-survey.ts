import { valueKindOf } from "./value-kinds.ts"

/** What it takes to share a value. */
export interface ValueSurvey {
  /** Every object in it, once. */
  readonly objects: ReadonlySet<object>
  /** Whether freezing all objects makes it unchangeable. */
  readonly isFreezable: boolean
  /** Whether it holds what can be neither frozen nor copied: class instances, functions, objects with symbols, too many levels. */
  readonly isForeign: boolean
  /** Whether an object in it is reached in more than one way. */
  readonly isGraph: boolean
}

/** More levels than any codec takes, few enough for the stack. */
const maxDepth = 1_000

/** Looks at every object in a value once. */
export function surveyValue(value: object): ValueSurvey {
  const survey = new Survey()
  survey.visit(value)
  return survey
}

class Survey implements ValueSurvey {
  readonly objects = new Set<object>()
  isFreezable = true
  isForeign = false
  isGraph = false
  #depth = 0

  readonly visit = (value: object): void => {
    if (this.objects.has(value)) {
      this.isGraph = true
      return
    }
    this.objects.add(value)
    const kind = this.#depth < maxDepth ? valueKindOf(value) : undefined
    if (kind === undefined) {
      this.isForeign = true
      return
    }
    if (!kind.isFreezable) this.isFreezable = false
    this.#depth += 1
    kind.parts(value as never, this.visit)
    this.#depth -= 1
  }
}
