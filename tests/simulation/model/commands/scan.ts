import { matchesGlob } from "../glob.ts"
import { ModelError } from "../model-reply.ts"
import { command, type Command, type Execution } from "./command.ts"
import { integer } from "./integers.ts"
import { notAnInteger, notModelled, syntaxError, type CommandReply } from "./reply.ts"

const invalidCursor = new ModelError("ERR invalid cursor")

/** The keys of others are many: ours lie at so many places of a walk, and a step of a hundred goes over one of them. */
const places = 8
const keysPerPlace = 100

/**
 * One step of a walk. Whatever is there from the first step of a walk to the last comes at least once, and some of it twice, as while a
 * table grows. Where a key lies is another place in every run: what goes on with the cursor of another run misses some.
 */
function scan({ node, data }: Execution, [, cursorText = "", ...words]: readonly string[]): CommandReply {
  const from = integer(cursorText)
  if (from === undefined || from < 0) return invalidCursor
  const options = optionsOf(words)
  if (options instanceof ModelError) return options
  const until = Math.min(places, from + Math.max(1, Math.floor(options.count / keysPerPlace)))
  const isHere = (place: number): boolean => place >= from && place < until
  const { match } = options
  const found = data.keys().filter((key) => placesOf(key, node.runId).some(isHere))
  return [
    until === places ? "0" : String(until),
    match === undefined ? found : found.filter((key) => matchesGlob(match, key)),
  ]
}

/** One, or two that differ. */
function placesOf(key: string, run: string): readonly number[] {
  let hash = 0x811c9dc5
  const text = `${run}${key}`
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash ^= hash >>> 12
  const first = hash & 7
  return (hash & 0x100) === 0 ? [first] : [first, (hash >>> 16) & 7]
}

function optionsOf(
  words: readonly string[],
): { readonly match: string | undefined; readonly count: number } | ModelError {
  let match: string | undefined
  let count = 10
  for (let at = 0; at < words.length; at += 2) {
    const name = (words[at] as string).toUpperCase()
    const value = words[at + 1]
    if (name === "TYPE") throw notModelled("TYPE of SCAN")
    if (value === undefined || (name !== "MATCH" && name !== "COUNT")) return syntaxError
    if (name === "MATCH") {
      match = value
      continue
    }
    const given = integer(value)
    if (given === undefined) return notAnInteger
    if (given < 1) return syntaxError
    count = given
  }
  return { match, count }
}

export const scanCommands: readonly Command[] = [command("scan -2", undefined, scan)]
