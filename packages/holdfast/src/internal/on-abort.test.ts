import { getEventListeners } from "node:events"
import { expect, test } from "vitest"
import { joinedSignal } from "./joined-signal.ts"
import { onAbort } from "./on-abort.ts"

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, "abort").length

test("however many wait for one signal, they have one listener, and none when all were taken back", () => {
  const controller = new AbortController()
  const ran: number[] = []
  const ends = Array.from({ length: 100 }, (_, n) => onAbort(controller.signal, () => ran.push(n)))
  expect(listenersOf(controller.signal)).toBe(1)
  for (const end of ends) end()
  expect(listenersOf(controller.signal)).toBe(0)
  const run = (): void => void ran.push(1000)
  onAbort(controller.signal, run)
  const [first] = ends
  first?.()
  onAbort(controller.signal, run)
  controller.abort()
  expect(ran).toEqual([1000, 1000])
  expect(listenersOf(controller.signal)).toBe(0)
})

test("what is taken back while others run does not run", () => {
  const controller = new AbortController()
  const ran: string[] = []
  const ends: (() => void)[] = []
  onAbort(controller.signal, () => {
    ran.push("first")
    ends[0]?.()
  })
  ends.push(onAbort(controller.signal, () => ran.push("second")))
  controller.abort()
  expect(ran).toEqual(["first"])
})

test("a joined signal is aborted by the first of its signals, and leaves nothing behind in the others", () => {
  const [long, short] = [new AbortController(), new AbortController()]
  const joined = joinedSignal([long.signal, short.signal])
  short.abort("late")
  expect([joined.signal.aborted, joined.signal.reason]).toEqual([true, "late"])
  joined.end()
  expect(listenersOf(long.signal)).toBe(0)
  const after = joinedSignal([long.signal, short.signal])
  expect(after.signal.reason).toBe("late")
  after.end()
  const ended = joinedSignal([long.signal])
  ended.end()
  long.abort("end")
  expect(ended.signal.aborted).toBe(false)
})
