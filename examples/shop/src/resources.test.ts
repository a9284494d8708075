import { expect, test } from "vitest"
import { Resources } from "./resources.ts"

test("what was opened last is closed first, once, and a failure keeps nothing open", async () => {
  const closed: string[] = []
  const resources = new Resources()
  const close = async (name: string): Promise<void> => void closed.push(name)
  await resources.own(Promise.resolve("first"), close)
  await resources.own(Promise.resolve("second"), () => Promise.reject(new Error("stuck")))
  await resources.own(Promise.resolve("third"), close)
  await Promise.all([resources.close(), resources.close()])
  expect(closed).toEqual(["third", "first"])
})

test("what is being opened while everything is closed is waited for, and closed", async () => {
  const closed: string[] = []
  const resources = new Resources()
  let open = (_name: string): void => {}
  const opening = new Promise<string>((resolve) => (open = resolve))
  const owning = resources.own(opening, async (name) => closed.push(name))
  const closing = resources.close()
  open("late")
  await expect(owning).rejects.toThrow("being closed")
  await closing
  expect(closed).toEqual(["late"])
})

test("what could not be opened rejects as it did", async () => {
  const resources = new Resources()
  const failing = resources.own(Promise.reject(new Error("no port")), () => Promise.resolve())
  await expect(failing).rejects.toThrow("no port")
  await resources.close()
})
