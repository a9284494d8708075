// Generated from scripts/tag-clock.lua by tools/generate-scripts.mjs. Do not edit.

/** tells the time of the tag clock, or advances it by one first. */
export const tagClock: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "tag-clock",
  sha1: "0c29fb116a88a724d00679c59ceba1fdb5159206",
  lua:
    String.raw`local text = redis.call("GET", KEYS[1])
local era, counter, run, longest = string.match(text or "", "^(%x+) (%d+) (%S*) ?(%d*)$")
local goes_on = era ~= nil and run == ARGV[2]
local known = goes_on and tonumber(longest) or 0
local life = math.max(known, tonumber(ARGV[4]))
local lives = life > 0 and string.format(" %.0f", life) or ""
if goes_on and ARGV[1] == "read" and life == known then return era .. " " .. counter .. lives end
if not goes_on then
era, counter = ARGV[3], 0
end
local now = string.format("%s %.0f", era, tonumber(counter) + (ARGV[1] == "advance" and 1 or 0))
redis.call("PERSIST", KEYS[1])
redis.call("SET", KEYS[1], now .. " " .. ARGV[2] .. lives)
return now .. lives`,
}

/** Keys and arguments of tag-clock.lua by name. */
export interface TagClockCall {
  /** KEYS: the clock of the namespace */
  readonly clock: string
  /** "read" | "advance" */
  readonly move: string | Uint8Array
  /** run id of this server */
  readonly run: string | Uint8Array
  /** 32 random hex characters, for an era that begins here */
  readonly era: string | Uint8Array
  /** in ms, of an entry that is to be listed by a tag, or "0" */
  readonly life: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function tagClockCall(call: TagClockCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.clock], [call.move, call.run, call.era, call.life]]
}
