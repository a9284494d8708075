import { expect, test } from "vitest"
import type { WakeReason } from "../contracts/store.ts"
import { entryAddress } from "../entry/key.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { Waiter } from "./waiter.ts"

function bed(): { waiter: Waiter; wake: (reason: WakeReason) => void } {
  let wake: (reason: WakeReason) => void = () => {}
  const store = {
    onWake: (_address: unknown, react: (reason: WakeReason) => void) => {
      wake = react
      return () => {}
    },
  }
  const parts = { store, clock: virtualClock(), random: seededRandom(1) }
  const waiter = new Waiter(parts as never, entryAddress("test", "item", "a"))
  return { waiter, wake: (reason) => wake(reason) }
}

test("a failure heard before the lease was answered belongs to an older load, so the waiter looks again", async () => {
  const { waiter, wake } = bed()
  wake("failed")
  expect(await waiter.wait(0)).toBe("released")
})

test("a failure heard while waiting is the one that is shared", async () => {
  const { waiter, wake } = bed()
  const waiting = waiter.wait(0)
  wake("failed")
  expect(await waiting).toBe("failed")
})

test("a wake-up that overtook the lease's answer is not lost on its winner", () => {
  const { waiter, wake } = bed()
  const heard: WakeReason[] = []
  wake("invalidated")
  waiter.onWake((reason) => heard.push(reason))
  wake("released")
  expect(heard).toEqual(["invalidated", "released"])
})
