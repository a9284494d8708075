import type { Random } from "../contracts/random.ts"

/** `ms` minus a uniform share of it, in whole milliseconds: never longer than asked, and above zero if `ms` is. */
export function jittered(ms: number, share: number, random: Random): number {
  return Math.min(ms, Math.ceil(ms - ms * share * random.float()))
}
