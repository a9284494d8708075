import type { Context } from "hono"
import { HTTPException } from "hono/http-exception"

const idPattern = /^\d{1,9}$/

/** An id from the path, such as 42; 400 for anything else. */
export function idOf(context: Context, parameter = "id"): number {
  const text = context.req.param(parameter) ?? ""
  if (!idPattern.test(text)) throw badRequest(`${parameter} must be a number of at most nine digits`)
  return Number(text)
}

/** A text from the query, trimmed and shortened to what makes sense. */
export function queryText(context: Context, name: string): string {
  const text = (context.req.query(name) ?? "").trim().toLowerCase()
  if (text === "" || text.length > 80) throw badRequest(`${name} must be given and have at most 80 characters`)
  return text
}

/** Ids from the query, such as `ids=1,2,3`, each once; 400 for none and for more than `limit`. */
export function idsOf(context: Context, name: string, limit: number): number[] {
  const texts = (context.req.query(name) ?? "").split(",")
  if (texts.length > limit || !texts.every((text) => idPattern.test(text))) {
    throw badRequest(`${name} must be 1 to ${limit} numbers of at most nine digits, with commas between`)
  }
  return [...new Set(texts.map(Number))]
}

/** One of the choices from the query; the first one unless it is given. */
export function choiceOf<T extends string>(context: Context, name: string, choices: readonly [T, ...T[]]): T {
  const text = context.req.query(name) ?? choices[0]
  const found = choices.find((choice) => choice === text)
  if (found === undefined) throw badRequest(`${name} must be one of ${choices.join(", ")}`)
  return found
}

/** The JSON object in the body. */
export async function bodyOf(context: Context): Promise<Body> {
  const body: unknown = await context.req.json().catch(() => undefined)
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw badRequest("the body must be a JSON object")
  return new Body(body as Record<string, unknown>)
}

/** The fields of a body, each checked as it is read. */
export class Body {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields
  }

  integer(name: string, range: { readonly min: number; readonly max: number }): number {
    const value = this.#fields[name]
    if (typeof value === "number" && Number.isInteger(value) && value >= range.min && value <= range.max) return value
    throw badRequest(`${name} must be an integer from ${range.min} to ${range.max}`)
  }

  text(name: string, maxLength: number): string {
    const value = this.#fields[name]
    if (typeof value === "string" && value.length <= maxLength) return value
    throw badRequest(`${name} must be text of at most ${maxLength} characters`)
  }

  boolean(name: string): boolean {
    const value = this.#fields[name]
    if (typeof value === "boolean") return value
    throw badRequest(`${name} must be true or false`)
  }

  /** All fields, each of which must be true or false. */
  switches(): Record<string, boolean> {
    return Object.fromEntries(Object.keys(this.#fields).map((name) => [name, this.boolean(name)]))
  }
}

function badRequest(message: string): HTTPException {
  return new HTTPException(400, { message })
}

/** Thrown inside a writer: nothing was changed. */
export function notFound(): HTTPException {
  return new HTTPException(404, { message: "not found" })
}
