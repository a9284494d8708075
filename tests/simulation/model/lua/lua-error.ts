import type { LuaValue } from "./lua-value.ts"

/** What a script raises. It is never seen by anybody but `pcall` and the server. */
export class LuaError extends Error {
  override readonly name: string = "LuaError"
  readonly value: LuaValue

  constructor(value: LuaValue) {
    super(typeof value === "string" ? value : "a Lua error")
    this.value = value
  }
}

/** The text is no Lua: a server says so too. */
export class LuaSyntaxError extends Error {
  override readonly name: string = "LuaSyntaxError"
}

/** The text is Lua that the model does not know. It must be taught, or the script changed: an answer made up would be worse. */
export class LuaNotModelled extends Error {
  override readonly name: string = "LuaNotModelled"

  constructor(what: string) {
    super(`The model of Redis does not know this Lua: ${what}.`)
  }
}

const place = "user_script:1: "

export function withoutPlace(text: string): string {
  return text.startsWith(place) ? text.slice(place.length) : text
}

/** Raises an error of the language or its libraries, with the place as Lua puts it. */
export function raise(text: string): never {
  throw new LuaError(place + text)
}
