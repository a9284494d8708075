import { expect, test } from "vitest"
import { startDisturbances } from "./disturbances.ts"

test("each is done at its turn and told", async () => {
  const told: string[] = []
  const act = (): Promise<void> => Promise.resolve()
  const { done } = startDisturbances(
    [
      { atSeconds: 0, what: "killed", act },
      { atSeconds: 0.001, what: "back", act },
    ],
    ({ what }) => told.push(what),
  )
  expect((await done).map(({ what }) => what)).toEqual(["killed", "back"])
  expect(told).toEqual(["killed", "back"])
})

test("stopping waits for what is being done and keeps the next from being done", async () => {
  const acts: string[] = []
  let finish = (): void => {}
  const running = startDisturbances(
    [
      { atSeconds: 0, what: "killed", act: () => new Promise((resolve) => (finish = resolve)) },
      { atSeconds: 0.001, what: "back", act: async () => void acts.push("back") },
    ],
    () => {},
  )
  await expect.poll(() => String(finish)).toContain("native code")
  const stopped = running.stop().then(() => acts.push("stopped"))
  finish()
  await expect(running.done).rejects.toThrow("aborted")
  await stopped
  expect(acts).toEqual(["stopped"])
})
