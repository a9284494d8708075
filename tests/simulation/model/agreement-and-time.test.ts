import { expect, test } from "vitest"
import { compareWithModel, type Outcome } from "./agreement/model-steps.ts"
import { inventory } from "./agreement/real-steps.ts"
import type { ModelReply } from "./model-reply.ts"

const script = "redis.call('PEXPIRE', KEYS[1], 1) return redis.call('EXISTS', KEYS[1])"

/** Of a key that was set for a script to end: what the server said to the script, and its time before and after. */
function outcomeOf(script: string, reply: number, fromMs: number, toMs: number): Outcome["is"] {
  const steps = [
    ["SET", "{e}:c", "x"],
    ["EVAL", script, "1", "{e}:c"],
  ].map((args) => ({ is: "command" as const, args }))
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

test("a script for which the millisecond changed is not compared: the server may have read its clock on both sides", () => {
  expect(outcomeOf(script, 0, 4.9, 5.1)).toBe("cut")
  expect(outcomeOf(script, 1, 4.9, 5.1)).toBe("cut")
})

test("a script within one millisecond is", () => {
  expect(outcomeOf(script, 0, 4.1, 4.9)).toBe("differed")
  expect(outcomeOf(script, 1, 4.1, 4.9)).toBe("agreed")
})
