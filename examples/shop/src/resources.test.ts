import { expect, test } from "vitest"
import { Resources } from "./resources.ts"

test("what was opened last is closed first, once, and a failure keeps nothing open", async () => {
  const closed: string[] = []
  const resources = new Resources()
  const close = async (name: string): Promise<void> => void closed.push(name)
  await resources.own("first", close)
  await resources.own("second", () => Promise.reject(new Error("stuck")))
  await resources.own("third", close)
  await Promise.all([resources.close(), resources.close()])
  expect(closed).toEqual(["third", "first"])
})

test("what is opened after the end is closed at once", async () => {
  const closed: string[] = []
  const resources = new Resources()
  await resources.close()
  await expect(resources.own("late", async (name) => closed.push(name))).rejects.toThrow("being closed")
  expect(closed).toEqual(["late"])
})
