import { expect, test } from "vitest"
import { durationMs, shareOf, type Duration, type Share } from "./duration.ts"

const temporal = (ms: number) => ({ total: (unit: string) => (unit === "milliseconds" ? ms : Number.NaN) })

test.each<[Duration, number]>([
  ["250ms", 250],
  ["30s", 30_000],
  ["15m", 900_000],
  ["1.5h", 5_400_000],
  ["7d", 604_800_000],
  ["1.5ms", 2],
  [{ minutes: 15 }, 900_000],
  [{ days: 1, hours: 1, minutes: 1, seconds: 1, milliseconds: 1 }, 90_061_001],
  [{ hours: 0, minutes: 0.5 }, 30_000],
  [temporal(42), 42],
])("%j is %i milliseconds", (duration, ms) => {
  expect(durationMs("ttl", duration)).toBe(ms)
})

test.each<unknown>([
  30,
  0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "30",
  "s",
  "",
  "-1s",
  "1e3s",
  "Infinitys",
  " 1s",
  "1 s",
  "1S",
  "1w",
  "0s",
  "0.4ms",
  "40000d",
  { minutes: -1 },
  { minutes: Number.NaN },
  { minutes: Number.POSITIVE_INFINITY },
  { minutes: "5" },
  { minute: 5 },
  { minutes: 1, weeks: 1 },
  { toString: 1 },
  { minutes: undefined },
  {},
  [],
  new Date(0),
  null,
  undefined,
  true,
  5n,
  temporal(Number.NaN),
  temporal(-1),
  temporal(0),
])("%o is refused, and the option is named", (duration) => {
  expect(() => durationMs("ttl", duration as Duration)).toThrow(
    expect.objectContaining({
      code: "INVALID_DURATION",
      message: expect.stringContaining("`ttl`"),
      facts: { option: "ttl" },
    }),
  )
})

test("a Temporal duration whose length depends on the calendar is refused", () => {
  const months = {
    total(): number {
      throw new RangeError("needs relativeTo")
    },
  }
  expect(() => durationMs("ttl", months)).toThrow("calendar")
})

test("zero is taken where the option says so, but never what is too short to count", () => {
  expect(durationMs("grace", "0s", { zero: true })).toBe(0)
  expect(durationMs("grace", { seconds: 0 }, { zero: true })).toBe(0)
  expect(() => durationMs("grace", "0.1ms", { zero: true })).toThrow("shorter than a millisecond")
  expect(() => durationMs("grace", "-1s", { zero: true })).toThrow("INVALID_DURATION")
})

test.each<[Share, number]>([
  ["0%", 0],
  ["10%", 0.1],
  ["12.5%", 0.125],
  ["100%", 1],
])("%s is %d", (share, part) => {
  expect(shareOf("jitter", share)).toBe(part)
})

test.each<unknown>(["10", "-1%", "101%", "1e1%", "%", "", 0.1, null, undefined])("%o is no share", (share) => {
  expect(() => shareOf("jitter", share as Share)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", facts: { option: "jitter" } }),
  )
})
