import type { Draws } from "./draws.ts"

/** An entry's key, its control record, and one of another program. */
export const keys = { value: "{e}:v", control: "{e}:c", other: "{e}:o" } as const

type Make = (draws: Draws) => readonly string[]

export function anyKey(draws: Draws): string {
  return draws.of(keys.value, keys.control, keys.other)
}

const texts = ["", "0", "12", "-7", "a", "HF", "\0\xff\r\n", "9007199254740", "010", "x".repeat(200), " 5", "1.5"]

const anyText: (draws: Draws) => string = (draws) => draws.of(...texts)

/** Milliseconds that end within the sequence or after it, and such that are refused. */
export function anyMs(draws: Draws): string {
  return draws.weighted([
    [4, String(1 + draws.below(4))],
    [6, draws.of("1000", "60000", "100000")],
    [1, draws.of("0", "-1", "9223372036854775807", "9223372036854775808", "soon", "1.5")],
  ])
}

const anyOffset: (draws: Draws) => string = (draws) => draws.of("0", "1", "8", "-1", "-3", "300", "x", "-300", "318")

/** At a fixed time; nothing between the refused, the past and the far future, for the two clocks to agree. */
const anyTime: (draws: Draws) => string = (draws) => draws.of("0", "-5", "1", "33333333333", "4444444444444", "x")

function setOptions(draws: Draws): string[] {
  const life = draws.weighted<string[]>([
    [2, []],
    [3, ["PX", anyMs(draws)]],
    [1, ["EX", draws.of("1", "100", "0", "99999999999999999")]],
    [1, ["KEEPTTL"]],
    [1, ["PXAT", draws.of("99999999999999", "5", "-1")]],
  ])
  const condition = draws.weighted<string[]>([
    [4, []],
    [1, ["NX"]],
    [1, ["XX"]],
    [1, ["GET"]],
    [1, ["nx", "get"]],
    [0.2, ["NX", "XX"]],
    [0.2, ["KEEPTTL"]],
    [0.2, ["PX"]],
  ])
  return draws.chance(0.5) ? [...life, ...condition] : [...condition, ...life]
}

const expiry: Make = (draws) => {
  const conditions = draws.chance(0.3) ? [draws.of("NX", "XX", "GT", "LT", "gt", "no")] : []
  const more = draws.chance(0.1) ? [draws.of("NX", "GT", "LT")] : []
  const name = draws.of("PEXPIRE", "PEXPIRE", "EXPIRE", "PEXPIREAT", "EXPIREAT", "pexpire")
  const amount = name.endsWith("AT") ? anyTime(draws) : anyMs(draws)
  return [name, anyKey(draws), amount, ...conditions, ...more]
}

const anyMember: (draws: Draws) => string = (draws) => draws.of("m", "n", "o", keys.value, "#1700000000000 run-1 0a")
const anyScore: (draws: Draws) => string = (draws) =>
  draws.weighted([
    [6, draws.of("1", "2", "5", "-7", "1700000000000", "4444444444444", "4444444444445")],
    [0.3, draws.of("x", "", "1.5", "9007199254740991")],
  ])
const anyScored: (draws: Draws) => string[] = (draws) => [anyScore(draws), anyMember(draws)]

const anyRange: Make = (draws) => {
  const scores = draws.chance(0.5) ? ["WITHSCORES"] : []
  if (draws.chance(0.4)) {
    const place = (): string => draws.of("0", "1", "-1", "-2", "7", "x")
    return ["ZRANGE", anyKey(draws), place(), place(), ...scores, ...(draws.chance(0.1) ? ["LIMIT", "0", "1"] : [])]
  }
  const bound = (): string => `${draws.of("", "", "(")}${anyScore(draws)}`
  const limit = draws.of([], [], ["LIMIT", "0", "2"], ["LIMIT", "1", "-1"], ["LIMIT", "-1", "2"], ["LIMIT", "0"])
  return ["ZRANGE", anyKey(draws), draws.of("-inf", bound()), draws.of("(inf", bound()), "BYSCORE", ...limit, ...scores]
}

/** A whole walk in one step: how many steps it takes is the server's own business. */
const anyScan: Make = (draws) => {
  const pattern = draws.of("{e}*", "*", "{e}:[vc]", "{e}:[^v]", "{e}:[d-a]", "?e?:o", "\\{e}:v", "{e}", "*:\\*", "*v*")
  const wrong = draws.of(["MATCH"], ["COUNT", "0"], ["COUNT", "x"], ["NO", "1"])
  const words = [...draws.of([], ["MATCH", pattern], ["match", pattern]), ...(draws.chance(0.1) ? wrong : [])]
  return [draws.of("SCAN", "scan"), draws.chance(0.05) ? "x" : "0", ...words, "COUNT", "10000"]
}

const families: readonly (readonly [weight: number, make: Make])[] = [
  [6, (draws) => [draws.of("GET", "get", "STRLEN", "TYPE", "EXISTS", "GETDEL", "TOUCH"), anyKey(draws)]],
  [4, (draws) => ["GET", anyKey(draws)]],
  [8, (draws) => ["SET", anyKey(draws), anyText(draws), ...setOptions(draws)]],
  [2, (draws) => [draws.of("SETNX", "GETSET", "APPEND"), anyKey(draws), anyText(draws)]],
  [2, (draws) => [draws.of("PSETEX", "SETEX"), anyKey(draws), anyMs(draws), anyText(draws)]],
  [
    2,
    (draws) => ["GETEX", anyKey(draws), ...draws.of([], ["PX", anyMs(draws)], ["PERSIST"], ["EX"], ["PERSIST", "1"])],
  ],
  [3, (draws) => ["MGET", anyKey(draws), anyKey(draws)]],
  [
    1,
    (draws) => [
      "MSET",
      anyKey(draws),
      anyText(draws),
      ...(draws.chance(0.8) ? [anyKey(draws), anyText(draws)] : ["k"]),
    ],
  ],
  [4, (draws) => ["GETRANGE", anyKey(draws), anyOffset(draws), anyOffset(draws)]],
  [4, (draws) => ["SETRANGE", anyKey(draws), anyOffset(draws), draws.of("", "\0".repeat(8), "ab")]],
  [2, (draws) => [draws.of("INCR", "DECR"), anyKey(draws)]],
  [2, (draws) => [draws.of("INCRBY", "DECRBY"), anyKey(draws), draws.of("3", "-10", "x", "")]],
  [4, (draws) => [draws.of("DEL", "UNLINK"), anyKey(draws), ...(draws.chance(0.3) ? [anyKey(draws)] : [])]],
  [6, expiry],
  [5, (draws) => [draws.of("PTTL", "TTL", "PERSIST", "PEXPIRETIME", "EXPIRETIME"), anyKey(draws)]],
  [2, (draws) => [draws.of("RPUSH", "LPUSH"), anyKey(draws), "a", draws.of("b", "")]],
  [2, (draws) => [draws.of("LPOP", "RPOP"), anyKey(draws), ...draws.of([], ["1"], ["0"], ["9"], ["-1"], ["1", "2"])]],
  [2, (draws) => ["LRANGE", anyKey(draws), draws.of("0", "1", "-2", "x"), draws.of("-1", "0", "5")]],
  [1, (draws) => [draws.of("LLEN", "LPOP"), anyKey(draws)]],
  [1, (draws) => ["LINDEX", anyKey(draws), draws.of("0", "-1", "7", "x")]],
  [3, (draws) => ["ZADD", anyKey(draws), ...Array.from({ length: 1 + draws.below(4) }, () => anyScored(draws)).flat()]],
  [2, (draws) => [draws.of("ZSCORE", "ZREM"), anyKey(draws), anyMember(draws)]],
  [1, (draws) => ["ZREM", anyKey(draws), anyMember(draws), anyMember(draws)]],
  [3, anyRange],
  [1, (draws) => ["ZCARD", anyKey(draws)]],
  [1, (draws) => ["PUBLISH", "{e}:wake", anyText(draws)]],
  [2, anyScan],
  [1, (draws) => draws.of<string[]>(["PING"], ["PING", "a"], ["ECHO", "b"], ["SELECT", "0"], ["SELECT", "99"])],
  [
    1,
    (draws) =>
      draws.of<string[]>(["GET"], ["GET", "a", "b"], ["SET", "a"], ["NOSUCH", "a", "b\r\nc"], ["NOSUCH"], ["MGET"]),
  ],
  [
    1,
    (draws) => draws.of<string[]>(["ASKING"], ["CLUSTER", "SLOTS"], ["READONLY"], ["SELECT", "x"], ["PING", "a", "b"]),
  ],
  [0.5, () => ["FLUSHALL"]],
]

/** Any command on the three keys, now and then a wrong one. */
export function randomCommand(draws: Draws): readonly string[] {
  return draws.weighted(families)(draws)
}
