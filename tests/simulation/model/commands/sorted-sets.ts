import type { Keyspace } from "../keyspace.ts"
import { general } from "../lua/number-text.ts"
import { ModelError } from "../model-reply.ts"
import { ScoredSet } from "../scored-set.ts"
import { command, oneKey, type Command } from "./command.ts"
import { integer } from "./integers.ts"
import { notAnInteger, notModelled, syntaxError, wrongType, type CommandReply } from "./reply.ts"

const notAFloat = new ModelError("ERR value is not a valid float")
const noBounds = new ModelError("ERR min or max is not a float")
const onlyByScore = new ModelError(
  "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
)

function setAt(data: Keyspace, key: string): ScoredSet | undefined | ModelError {
  const value = data.entry(key)?.value
  return value === undefined || value instanceof ScoredSet ? value : wrongType
}

function replace(data: Keyspace, key: string, set: ScoredSet): void {
  if (set.members.length === 0) data.delete(key)
  else data.put(key, set, data.entry(key)?.expiresMs ?? Infinity)
}

/** Decimal numbers, with or without an exponent, and infinities: what else C takes for a number is not modelled. */
function float(text: string): number | undefined {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text)
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity
  return /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

function add(data: Keyspace, [, key = "", ...given]: readonly string[]): CommandReply {
  if (/^(?:nx|xx|gt|lt|ch|incr)$/i.test(given[0] ?? "")) throw notModelled("the options of ZADD")
  if (given.length % 2 !== 0) return syntaxError
  const added: [string, number][] = []
  for (let at = 0; at < given.length; at += 2) {
    const score = float(given[at] as string)
    if (score === undefined) return notAFloat
    added.push([given[at + 1] as string, score])
  }
  const set = setAt(data, key) ?? new ScoredSet()
  if (set instanceof ModelError) return set
  const next = set.with(added)
  if (added.some(([member, score]) => set.scoreOf(member) !== score)) replace(data, key, next)
  return next.members.length - set.members.length
}

function remove(data: Keyspace, [, key = "", ...removed]: readonly string[]): CommandReply {
  const set = setAt(data, key)
  if (set === undefined || set instanceof ModelError) return set ?? 0
  const next = set.without(removed)
  if (next.members.length < set.members.length) replace(data, key, next)
  return set.members.length - next.members.length
}

function score(data: Keyspace, [, key = "", member = ""]: readonly string[]): CommandReply {
  const set = setAt(data, key)
  if (set instanceof ModelError) return set
  const found = set?.scoreOf(member)
  return found === undefined ? null : general(found, 17)
}

type Bound = { readonly score: number; readonly isOpen: boolean }

/** No number at all is 0 here, as it is to C. */
function boundOf(text: string): Bound | undefined {
  const isOpen = text.startsWith("(")
  const digits = isOpen ? text.slice(1) : text
  const value = digits === "" ? 0 : float(digits)
  return value === undefined ? undefined : { score: value, isOpen }
}

interface RangeOptions {
  isByScore: boolean
  hasScores: boolean
  limit: readonly [from: number, count: number] | undefined
}

function optionsOf(words: readonly string[]): RangeOptions | ModelError {
  const options: RangeOptions = { isByScore: false, hasScores: false, limit: undefined }
  for (let at = 0; at < words.length; at += 1) {
    const word = (words[at] as string).toUpperCase()
    if (word === "WITHSCORES") options.hasScores = true
    else if (word === "BYSCORE") options.isByScore = true
    else if (word === "REV" || word === "BYLEX") throw notModelled(`${word} of ZRANGE`)
    else if (word === "LIMIT" && at + 2 < words.length) {
      const [from, count] = [integer(words[at + 1] as string), integer(words[at + 2] as string)]
      if (from === undefined || count === undefined) return notAnInteger
      options.limit = [from, count]
      at += 2
    } else return syntaxError
  }
  return options
}

function range(data: Keyspace, [, key = "", from = "", to = "", ...words]: readonly string[]): CommandReply {
  const options = optionsOf(words)
  if (options instanceof ModelError) return options
  const { isByScore, hasScores, limit } = options
  if (limit !== undefined && !isByScore) return onlyByScore
  const choose = isByScore ? byScore(from, to, limit) : byPlace(from, to)
  if (choose instanceof ModelError) return choose
  const set = setAt(data, key)
  if (set instanceof ModelError) return set
  const chosen = choose(set?.members ?? [])
  return chosen.flatMap(([member, value]) => (hasScores ? [member, general(value, 17)] : [member]))
}

type Choose = (members: ScoredSet["members"]) => ScoredSet["members"]

function byScore(fromText: string, toText: string, limit: RangeOptions["limit"]): Choose | ModelError {
  const [from, to] = [boundOf(fromText), boundOf(toText)]
  if (from === undefined || to === undefined) return noBounds
  const [skip, count] = limit ?? [0, -1]
  return (members) => {
    const within = members.filter(
      ([, value]) =>
        (from.isOpen ? value > from.score : value >= from.score) && (to.isOpen ? value < to.score : value <= to.score),
    )
    if (skip < 0) return []
    return within.slice(skip, count < 0 ? undefined : skip + count)
  }
}

function byPlace(fromText: string, toText: string): Choose | ModelError {
  const [from, to] = [integer(fromText), integer(toText)]
  if (from === undefined || to === undefined) return notAnInteger
  return (members) => {
    const first = Math.max(0, from < 0 ? members.length + from : from)
    const last = to < 0 ? members.length + to : to
    return members.slice(first, Math.max(0, last + 1))
  }
}

/** As far as the indexes of tags need them. */
export const sortedSetCommands: readonly Command[] = [
  command("zadd -4 write denyoom", oneKey, ({ data }, args) => add(data, args)),
  command("zrem -3 write", oneKey, ({ data }, args) => remove(data, args)),
  command("zscore 3", oneKey, ({ data }, args) => score(data, args)),
  command("zrange -4", oneKey, ({ data }, args) => range(data, args)),
  command("zcard 2", oneKey, ({ data }, [, key = ""]) => {
    const set = setAt(data, key)
    return set instanceof ModelError ? set : (set?.members.length ?? 0)
  }),
]
