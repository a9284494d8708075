import type { Draws } from "./draws.ts"

const items = [
  "a",
  "b",
  ".",
  "%a",
  "%d",
  "%s",
  "%w",
  "%S",
  "%.",
  "%%",
  "[ab]",
  "[^a]",
  "[%d_]",
  "[a-c]",
  "[0-9]",
  " ",
  "-",
  "_",
  "[]a]",
  "[^%s]",
  "x",
]
const suffixes = ["", "", "", "*", "+", "-", "?"]

function anyPattern(draws: Draws): string {
  let pattern = draws.chance(0.3) ? "^" : ""
  let isOpen = false
  for (let left = 1 + draws.below(5); left > 0; left--) {
    if (!isOpen && draws.chance(0.25)) {
      pattern += "("
      isOpen = true
    }
    pattern += draws.of(...items) + draws.of(...suffixes)
    if (isOpen && draws.chance(0.6)) {
      pattern += ")"
      isOpen = false
    }
  }
  if (isOpen && !draws.chance(0.05)) pattern += ")"
  return pattern + (draws.chance(0.25) ? "$" : draws.chance(0.02) ? draws.of("%", "[", ")", "[a") : "")
}

function anySubject(draws: Draws): string {
  return Array.from({ length: draws.below(9) }, () =>
    draws.of("a", "b", "c", "1", "2", " ", "_", "-", ".", "\n", "\0", "x"),
  ).join("")
}

/** One use of a random pattern on a random string. */
export function randomPatternScript(draws: Draws): readonly string[] {
  const body = draws.of(
    "return {string.find(ARGV[1], ARGV[2])}",
    "return {string.find(ARGV[1], ARGV[2], tonumber(ARGV[3]))}",
    "return {string.match(ARGV[1], ARGV[2])}",
    "return {string.match(ARGV[1], ARGV[2], tonumber(ARGV[3]))}",
    "return {string.gsub(ARGV[1], ARGV[2], '<%0>')}",
    "return {string.gsub(ARGV[1], ARGV[2], '<%1>')}",
    "return {string.gsub(ARGV[1], ARGV[2], '', tonumber(ARGV[3]))}",
    "local r = {} for a, b in string.gmatch(ARGV[1], ARGV[2]) do r[#r + 1] = a .. '|' .. tostring(b) end return r",
  )
  return ["EVAL", body, "0", anySubject(draws), anyPattern(draws), draws.of("1", "2", "4", "-1", "-3", "0", "9")]
}

function anyNumber(draws: Draws): string {
  return draws.weighted<() => string>([
    [2, () => String(draws.below(2_000_000) - 1_000_000)],
    [2, () => String((draws.below(2 ** 31) - 2 ** 30) / 2 ** draws.below(40))],
    [1, () => String(draws.below(2 ** 31) * 2 ** draws.below(60))],
    [1, () => `${draws.below(1000)}.${draws.below(1000)}e${draws.below(40) - 20}`],
    [1, () => String((draws.below(2000) - 1000) / 8)],
    [
      1,
      () => draws.of(" 12", "12 ", "0x1f", "1e", ".5", "5.", "-.5", "+5", "", " ", "1 2", "- 5", "1e5", "00012", "-0"),
    ],
  ])()
}

/** One use of a random number that shows how it is read, counted with and written. */
export function randomNumberScript(draws: Draws): readonly string[] {
  const body = draws.of(
    "return tostring(tonumber(ARGV[1]))",
    "return tonumber(ARGV[1]) and string.format('%.0f', ARGV[1])",
    "return tonumber(ARGV[1]) and string.format('%.3f', ARGV[1])",
    "return tonumber(ARGV[1]) and math.abs(tonumber(ARGV[1])) < 2^53 and string.format('%d %5d %x', ARGV[1], ARGV[1], ARGV[1])",
    "return tonumber(ARGV[1]) and ARGV[1] + ARGV[2] .. ''",
    "return tonumber(ARGV[1]) and ARGV[1] * ARGV[2] .. ''",
    "return tonumber(ARGV[1]) and ARGV[1] / 3 .. ''",
    "return tonumber(ARGV[1]) and tostring(ARGV[1] % ARGV[2])",
    "return tonumber(ARGV[1]) and tostring(tonumber(ARGV[1]) < tonumber(ARGV[2]))",
    "return tonumber(ARGV[1]) and math.abs(tonumber(ARGV[1])) < 2^53 and tonumber(ARGV[1])",
    "return tonumber(ARGV[1]) and tostring(math.floor(ARGV[1])) .. tostring(math.ceil(ARGV[1]))",
    "return tonumber(ARGV[1]) and redis.call('ECHO', tonumber(ARGV[1]))",
  )
  return ["EVAL", body, "0", anyNumber(draws), draws.of("7", "-3", "0.5", "1000000", "2.25")]
}
