import { HoldfastError } from "./holdfast-error.ts"

/** The error for an option; `problem` goes on from the option's name: "must be ...". */
export function invalidOption(option: string, problem: string): HoldfastError {
  return new HoldfastError("INVALID_OPTION", `The option \`${option}\` ${problem}`, { facts: { option } })
}

/** Throws `INVALID_OPTION` for an option that is not among the known ones. */
export function refuseUnknownOptions(options: object, known: object, owner: string): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name))
  if (unknown !== undefined) throw invalidOption(unknown, `is not an option of ${owner}.`)
}

/** The value of an option that counts something. Throws `INVALID_OPTION` for anything but a whole number of at least 1. */
export function positiveInteger(option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw invalidOption(option, "must be a whole number of at least 1.")
  return value
}
