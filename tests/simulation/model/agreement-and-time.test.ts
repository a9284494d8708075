import { expect, test } from "vitest"
import { compareWithModel, type Outcome } from "./agreement/model-steps.ts"
import { inventory } from "./agreement/real-steps.ts"
import type { ModelReply } from "./model-reply.ts"

const script = "redis.call('PEXPIRE', KEYS[1], 1) return redis.call('EXISTS', KEYS[1])"

/** Of a key that was set, and then given one millisecond to live: what the server said to that, and its time before and after. */
function outcomeOf(args: readonly string[], reply: number, fromMs: number, toMs: number): Outcome["is"] {
  const steps = [["SET", "{e}:c", "x"], args].map((each) => ({ is: "command" as const, args: each }))
  const heard = {
    replies: ["OK", reply],
    timesMs: [fromMs, fromMs, toMs],
    inventory: inventory.map(([name = ""]) => absence[name] ?? null),
    inventoryMs: [toMs + 10, toMs + 10] as const,
  }
  return compareWithModel({ seed: 1, isCold: true, steps }, heard, []).is
}

/** What an empty server says. */
const absence: Readonly<Record<string, ModelReply>> = {
  TYPE: "none",
  GET: null,
  LRANGE: [],
  ZRANGE: [],
  XRANGE: [],
  PEXPIRETIME: -2,
  PTTL: -2,
  DBSIZE: 0,
}

const viaScript = ["EVAL", script, "1", "{e}:c"]

test.each([viaScript, ["EVALSHA", "0".repeat(40), "1", "{e}:c"], ["pexpire", "{e}:c", "1"]])(
  "%s is not compared where the millisecond changed: the server may have read its clock on both sides",
  (...args) => {
    expect(outcomeOf(args, 0, 4.9, 5.1)).toBe("cut")
    expect(outcomeOf(args, 1, 4.9, 5.1)).toBe("cut")
  },
)

test("a script within one millisecond is", () => {
  expect(outcomeOf(viaScript, 0, 4.1, 4.9)).toBe("differed")
  expect(outcomeOf(viaScript, 1, 4.1, 4.9)).toBe("agreed")
})
