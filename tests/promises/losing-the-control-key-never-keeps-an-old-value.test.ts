import { expect, test } from "vitest"
import { shows } from "../holes/shows.ts"
import { useStage, type Member } from "../stage.ts"
import { interleavings, play, type Steps } from "./interleavings.ts"
import { Play } from "./plays.ts"

const stage = useStage()

/** Plays every order, and each order once per point at which the control key can be lost. */
async function expectNothingOldKept(
  name: string,
  steps: readonly number[],
  actors: (the: Play, a: Member, b: Member) => readonly Steps[],
): Promise<void> {
  const everybody = await stage.trio()
  const [a, b] = everybody
  let plays = 0
  for (const order of interleavings(steps)) {
    for (let loss = 0; loss <= order.length; loss += 1) {
      const the = new Play(stage.key())
      const lose = (): Promise<unknown> => stage.redis.command("DEL", stage.keysOf(the.key).control)
      await play(actors(the, a, b), order, async (taken) => void (taken === loss && (await lose())))
      expect(await the.complaints(everybody, `${name} ${order.join("")}, control key lost after step ${loss}`)).toEqual(
        [],
      )
      plays += 1
    }
  }
  console.log(`${name}: ${plays} plays with the control key lost, nothing old kept`)
}

test(shows("H6", "a control record lost during a load and an invalidation leaves no old value"), () =>
  expectNothingOldKept("load, invalidation", [2, 2], (the, a, b) => [the.loader(a), the.invalidator(b)]),
)

test(shows("H6", "a control record lost during a load and a write leaves no old value"), () =>
  expectNothingOldKept("load, write", [2, 3], (the, a, b) => [the.loader(a), the.writer(b)]),
)

test(shows("H6", "a control record lost during two writes leaves no old value"), () =>
  expectNothingOldKept("write, write", [3, 3], (the, a, b) => [the.writer(a), the.writer(b)]),
)

test(shows("H6", "a load whose control key was lost is answered and not stored"), async () => {
  const [a, b] = await stage.trio()
  const key = stage.key()
  await a.call("commit", key)
  await a.call("hold", "loaded")
  const reading = a.call("get", key)
  await a.call("reached", "loaded")
  await stage.redis.command("DEL", stage.keysOf(key).control)
  await a.call("open", "loaded")
  expect(await reading).toBe(1)
  expect(await b.call("peek", key)).toBeUndefined()
})
