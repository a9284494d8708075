import { ModelError } from "../model-reply.ts"
import { integer } from "./integers.ts"
import { notAnInteger } from "./reply.ts"

/** As in the options of SET: seconds or milliseconds, from now or since the epoch. */
export type ExpiryUnit = "EX" | "PX" | "EXAT" | "PXAT"

const latestMs = 2 ** 63

export function isExpiryUnit(word: string): word is ExpiryUnit {
  return word === "PX" || word === "EX" || word === "PXAT" || word === "EXAT"
}

export function invalidExpiry(name: string): ModelError {
  return new ModelError(`ERR invalid expire time in '${name}' command`)
}

/** When something ends that is set to live for a while, in ms since the epoch. */
export function expiryOf(amount: string, unit: ExpiryUnit, nowMs: number, name: string): number | ModelError {
  const value = integer(amount)
  if (value === undefined) return notAnInteger
  return value <= 0 ? invalidExpiry(name) : deadlineOf(value, unit, nowMs, name)
}

/** The same for an amount that may lie in the past. */
export function deadlineOf(value: number, unit: ExpiryUnit, nowMs: number, name: string): number | ModelError {
  const ms = unit === "EX" || unit === "EXAT" ? value * 1000 : value
  const baseMs = unit === "EX" || unit === "PX" ? nowMs : 0
  return Math.abs(ms) > latestMs || ms > latestMs - baseMs ? invalidExpiry(name) : ms + baseMs
}
