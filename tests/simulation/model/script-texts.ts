import { createHash } from "node:crypto"
import { transpile, type LuaProgram } from "./lua/transpile.ts"

/** A script that was sent, ready to run. */
export interface LoadedScript {
  readonly sha1: string
  readonly program: LuaProgram
}

const loaded = new Map<string, LoadedScript>()

/** Prepares a text once, for all servers of all histories: there are few. Throws LuaSyntaxError. */
export function loadScript(text: string): LoadedScript {
  let script = loaded.get(text)
  if (script === undefined) {
    const sha1 = createHash("sha1").update(text, "latin1").digest("hex")
    script = { sha1, program: transpile(text) }
    loaded.set(text, script)
  }
  return script
}
