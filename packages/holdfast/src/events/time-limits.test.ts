import { expect, test } from "vitest"
import { deferred } from "../internal/deferred.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { within, withinOnceAborted } from "./time-limits.ts"

const broken = new Error("broken")
const throws = (): never => {
  throw broken
}

test("what ends in time leaves nothing behind, whichever way it ends", async () => {
  const clock = virtualClock()
  const abort = new AbortController()
  const { signal } = abort
  await within(clock, 10, () => {})
  await expect(within(clock, 10, throws)).rejects.toBe(broken)
  await withinOnceAborted(clock, 10, signal, () => {})
  await expect(withinOnceAborted(clock, 10, signal, throws)).rejects.toBe(broken)
  const gate = deferred<void>()
  const late = withinOnceAborted(clock, 10, signal, () => gate.promise)
  abort.abort()
  expect(clock.pending).toBe(1)
  await clock.advance(9)
  gate.resolve()
  await late
  expect(clock.pending).toBe(0)
})

test("what does not is told so, and counts as failed", async () => {
  const clock = virtualClock()
  const abort = new AbortController()
  const signals: AbortSignal[] = []
  const never = (signal?: AbortSignal): Promise<void> => {
    if (signal !== undefined) signals.push(signal)
    return new Promise(() => {})
  }
  const working = [within(clock, 10, never), withinOnceAborted(clock, 10, abort.signal, never)]
  const errors = Promise.all(working.map((each) => each.catch((error: unknown) => error)))
  await clock.advance(10)
  expect(signals.map(({ reason }) => reason as unknown)).toMatchObject([{ code: "CALL_TIMEOUT" }])
  await clock.advance(60_000)
  abort.abort()
  await clock.advance(10)
  expect(await errors).toMatchObject([{ code: "CALL_TIMEOUT" }, { code: "CALL_TIMEOUT", facts: { timeoutMs: 10 } }])
})
