import { HoldfastError } from "../errors/holdfast-error.ts"
import type { GlobToken } from "./glob-match.ts"
import { readGlob } from "./glob-syntax.ts"

/** What may be put into a `glob` template: it stands for itself, whatever characters it holds. */
export type GlobValue = string | number | bigint | boolean

/** A pattern of keys, made by {@link glob} and by nothing else. */
export class Glob {
  readonly #tokens: readonly GlobToken[]

  /** @internal */
  constructor(tokens: readonly GlobToken[]) {
    this.#tokens = tokens
  }

  /** @internal */
  static tokensOf(pattern: Glob): readonly GlobToken[] {
    if (typeof pattern === "object" && pattern !== null && #tokens in pattern) return pattern.#tokens
    throw invalidPattern("A pattern is no glob`...`, and raw text is never taken for one: write glob`user:${id}:*`.")
  }
}

/**
 * A pattern of keys: ``glob`user:${userId}:*` ``. Only what stands in the template itself is a pattern; what is interpolated stands for
 * itself, so that text of users can never widen it.
 *
 * `*` is any text, `?` one character, `[a-z]` and `[^a-z]` one character of a set, and a backslash takes the next character as it is. In a
 * tuple key `:` is the border between two parts, which nothing but `:` and `*` goes across; in a text key it is the character. The
 * pattern must fit the whole key.
 *
 * Throws `INVALID_PATTERN` for a call without a template, for a value that is no text, number, bigint or boolean, for an empty text, which
 * would make a pattern wider than it reads, and for a set or backslash that is left open.
 */
export function glob(template: TemplateStringsArray, ...values: readonly GlobValue[]): Glob {
  if (!Array.isArray(template) || !Array.isArray(template.raw)) {
    throw invalidPattern("glob was called like a function instead of put before a template: write glob`user:*`.")
  }
  const tokens = template.raw.flatMap((literal, at) => [
    ...(at === 0 ? [] : [valueToken(values[at - 1])]),
    ...readGlob(literal, invalidPattern),
  ])
  return new Glob(joined(tokens))
}

function valueToken(value: unknown): GlobToken {
  const isScalar = typeof value === "bigint" || typeof value === "boolean" || Number.isFinite(value)
  if (typeof value !== "string" && !isScalar) {
    const what = value === null || typeof value === "number" ? String(value) : `of type ${typeof value}`
    throw invalidPattern(
      `What is interpolated into a glob is ${what} and not a text, a finite number, a bigint or a boolean.`,
    )
  }
  if (value === "")
    throw invalidPattern(
      "An empty text is interpolated into a glob, and would make it wider than it reads: check the value before.",
    )
  return { is: "text", text: String(value) }
}

/** Neighbouring texts are one, as they are in a key. */
function joined(tokens: readonly GlobToken[]): readonly GlobToken[] {
  const all: GlobToken[] = []
  for (const token of tokens) {
    const last = all.at(-1)
    if (token.is === "text" && last?.is === "text") all[all.length - 1] = { is: "text", text: last.text + token.text }
    else if (token.is !== "any" || last?.is !== "any") all.push(token)
  }
  return all
}

function invalidPattern(detail: string): HoldfastError {
  return new HoldfastError("INVALID_PATTERN", detail)
}
