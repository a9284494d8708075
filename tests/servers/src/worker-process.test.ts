import { expect, test } from "vitest"
import type { handlers } from "./fixtures/echo-worker.ts"
import { isRunning } from "./fixtures/is-running.ts"
import { spawnWorker } from "./worker-process.ts"
import type { WorkerProcess } from "./worker-process.ts"

function spawnEcho(): Promise<WorkerProcess<typeof handlers>> {
  return spawnWorker<typeof handlers>(new URL("./fixtures/echo-worker.ts", import.meta.url))
}

test("a worker answers calls with values that JSON could not carry, and ends by itself", async () => {
  const worker = await spawnEcho()
  expect(worker.pid).not.toBe(process.pid)
  expect(await worker.call("add", 2, 3)).toBe(5)
  const value = { map: new Map([["k", new Date(0)]]), big: 12n, none: undefined, bytes: new Uint8Array([1, 2]) }
  expect(await worker.call("echo", value)).toEqual(value)
  await worker.stop()
  expect(await worker.exited).toEqual({ code: 0, signal: null })
  expect(isRunning(worker.pid)).toBe(false)
})

test("an error keeps its name, message and code; a result that cannot travel is one", async () => {
  await using worker = await spawnEcho()
  await expect(worker.call("fail")).rejects.toMatchObject({
    name: "RangeError",
    message: "too far",
    code: "OUT_OF_RANGE",
  })
  await expect(worker.call("uncloneable")).rejects.toThrow("could not be cloned")
  await expect(worker.call("nosuch" as "fail")).rejects.toThrow('no handler named "nosuch"')
})

test("a frozen worker answers when it is thawed", async () => {
  await using worker = await spawnEcho()
  worker.freeze()
  let answered = false
  const call = worker.call("add", 1, 1).then((sum) => {
    answered = true
    return sum
  })
  const other = await spawnEcho()
  await other.stop()
  expect(answered).toBe(false)
  worker.thaw()
  expect(await call).toBe(2)
})

test("kill ends a frozen worker and fails its open calls", async () => {
  const worker = await spawnEcho()
  const call = worker.call("never").catch((error: unknown) => String(error))
  worker.freeze()
  await worker.kill()
  expect(await call).toContain("signal SIGKILL")
  expect(isRunning(worker.pid)).toBe(false)
  await expect(worker.call("add", 1, 1)).rejects.toThrow("has ended")
  await worker.stop()
})

test("an unhandled rejection in the worker fails the open call and the stop, with its stack", async () => {
  const worker = await spawnEcho()
  await expect(worker.call("rejectUnhandled")).rejects.toThrow("nobody handles this")
  await expect(worker.stop()).rejects.toThrow("nobody handles this")
})

test("a worker that left before it was told to is an error, even with code 0", async () => {
  const worker = await spawnEcho()
  await expect(worker.call("leave")).rejects.toThrow("ended before it answered")
  await expect(worker.stop()).rejects.toThrow("did not end well. It ended with code 0")
})

test("a worker that fails while it stops is an error with its words", async () => {
  const worker = await spawnEcho()
  await worker.call("failStop")
  await expect(worker.stop()).rejects.toThrow("could not close")
})

test("a file that does not serve is an error", async () => {
  await expect(spawnWorker(new URL("./until.ts", import.meta.url))).rejects.toThrow("ended before it served")
})
