import type { ErrorCode } from "./error-codes.ts"

/** What a reader of options needs to know of one. */
export interface OptionFacts {
  /** The type in words. */
  readonly type: string
  /** What holds if it is left out; `required` if it may not be. */
  readonly default: string
  /** What it does. */
  readonly effect: string
  /** Codes of the errors that a wrong value is answered with. */
  readonly errors: readonly ErrorCode[]
}

/** Options by name. */
export type OptionTable = Readonly<Record<string, OptionFacts>>
