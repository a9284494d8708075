// Generated from scripts/beat.lua by tools/generate-scripts.mjs. Do not edit.
import { wholeMs } from "../whole-ms.ts"

/** proves that this process has heard of all that was changed here before: what is published now comes after it. */
export const beat: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "beat",
  sha1: "98deb6adb43ac7c32c1ed35bf225574c58d8203f",
  lua:
    String.raw`local kept = redis.call("PEXPIRE", KEYS[1], ARGV[1]) == 1
if not kept then redis.pcall("SET", KEYS[1], "1", "PX", ARGV[1]) end
redis.call("PUBLISH", ARGV[2], ARGV[3])
return kept and "kept" or "made"`,
}

/** Keys and arguments of beat.lua by name. */
export interface BeatCall {
  /** KEYS: the key of this process on this server */
  readonly beat: string
  /** how long it lives */
  readonly keepMs: number
  /** this process's own */
  readonly channel: string | Uint8Array
  /** what is published there */
  readonly nonce: string | Uint8Array
}

/** Puts keys and arguments in the order of the script. */
export function beatCall(call: BeatCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.beat], [wholeMs(call.keepMs), call.channel, call.nonce]]
}
