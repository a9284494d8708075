import { HoldfastError } from "./holdfast-error.ts"

/** What kind of error it is: a code of Holdfast, or its class. Its message may hold values and is left out. */
export function errorName(error: unknown): string {
  if (error instanceof HoldfastError) return error.code
  if (error instanceof DOMException) return error.name
  if (!(error instanceof Error)) return typeof error
  const { constructor } = error as { readonly constructor?: unknown }
  return (typeof constructor === "function" && constructor.name) || "Error"
}
