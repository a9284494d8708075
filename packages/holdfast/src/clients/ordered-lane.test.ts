import fc from "fast-check"
import { expect, test } from "vitest"
import { deferred, type Deferred } from "../internal/deferred.ts"
import { OrderedLane } from "./ordered-lane.ts"

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

test("commands start at once and together, in the order of the calls", () => {
  const started: number[] = []
  const lane = new OrderedLane()
  for (let at = 0; at < 5; at++) void lane.run(false, () => Promise.resolve(started.push(at)))
  expect(started).toEqual([0, 1, 2, 3, 4])
})

test("a command that speaks about the next one has the connection to itself, and so has the next one", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("ASKING", "GET"), { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      async (names, picks) => {
        const lane = new OrderedLane()
        const started: number[] = []
        const running = new Map<number, Deferred<void>>()
        const isPair = (at: number): boolean => names[at] === "ASKING" || names[at - 1] === "ASKING"
        const outcomes = names.map((name, at) =>
          lane.run(name === "ASKING", async () => {
            started.push(at)
            if (isPair(at)) expect(running.size).toBe(0)
            for (const other of running.keys()) expect(isPair(other)).toBe(false)
            const answer = deferred<void>()
            running.set(at, answer)
            await answer.promise
            return at
          }),
        )
        while (started.length < names.length || running.size > 0) {
          const all = [...running]
          const [at, answer] = all[(picks.next().value as number) % all.length] ?? []
          running.delete(at ?? -1)
          answer?.resolve()
          await turn()
        }
        expect(started).toEqual(names.map((_, at) => at))
        expect(await Promise.all(outcomes)).toEqual(started)
      },
    ),
    { numRuns: 60 },
  )
})

test("a command that fails makes way for the next", async () => {
  const lane = new OrderedLane()
  const failed = lane.run(true, () => Promise.reject(new Error("no")))
  const next = lane.run(false, () => Promise.resolve("yes"))
  await expect(failed).rejects.toThrow("no")
  expect(await next).toBe("yes")
})
