import assert from "node:assert/strict"
import type { LeaseGrant, WindowGrant } from "../../contracts/store.ts"
import type { StoreCase, StoreKey, StoreScene } from "./store-scene.ts"

type Step = "lease" | "fill" | "invalidate" | "expire" | "put" | "open a" | "close a" | "open b" | "close b"

/** Every history of these actors, told step by step, against rules that look at the history only. */
export const orderCases: readonly StoreCase[] = [
  everyOrder("a load and an invalidation", [["lease", "fill"], ["invalidate"]]),
  everyOrder("a load, an invalidation and an expiry", [["lease", "fill"], ["invalidate"], ["expire"]]),
  everyOrder("a load and a write", [
    ["lease", "fill"],
    ["open a", "close a"],
  ]),
  everyOrder("a load and two writes", [
    ["lease", "fill"],
    ["open a", "close a"],
    ["open b", "close b"],
  ]),
  everyOrder("a load, a write and an invalidation", [["lease", "fill"], ["open a", "close a"], ["invalidate"]]),
  everyOrder("a load, a write and a put", [["lease", "fill"], ["open a", "close a"], ["put"]]),
]

function everyOrder(title: string, actors: readonly (readonly Step[])[]): StoreCase {
  return {
    name: `${title} end right in every order`,
    async run(scene) {
      const histories = interleavings(actors)
      await Promise.all(histories.map((history) => playHistory(scene, history)))
    },
  }
}

/** Every merge of the actors' steps that keeps each actor's own order. */
function interleavings(actors: readonly (readonly Step[])[]): Step[][] {
  const left = actors.filter((steps) => steps.length > 0)
  if (left.length === 0) return [[]]
  return left.flatMap((steps) => {
    const rest = left.map((each) => (each === steps ? each.slice(1) : each))
    return interleavings(rest).map((tail) => [steps[0] as Step, ...tail])
  })
}

interface Told {
  readonly step: Step
  /** Whether this step changed the value by storing. */
  stored: boolean
}

async function playHistory(scene: StoreScene, history: readonly Step[]): Promise<void> {
  const key = scene.key()
  await key.stock("at first", { version: 1, stale: true })
  const play = player(key)
  const told: Told[] = []
  let expected: string | undefined = "at first"
  for (const [at, step] of history.entries()) {
    const text = `${step} at ${at}`
    const shouldStore = mayStore(step, told)
    const stored = await play(step, text, at + 2)
    const where = `step ${at} of ${history.join(", ")}`
    assert.equal(stored, shouldStore, where)
    told.push({ step, stored })
    if (stored) expected = text
    else if (drops(step)) expected = undefined
    assert.equal(await key.text(), expected, where)
  }
}

function player(key: StoreKey): (step: Step, text: string, version: number) => Promise<boolean> {
  const windows = new Map<string, WindowGrant>()
  let lease: LeaseGrant | undefined
  return async (step, text, version) => {
    switch (step) {
      case "lease": {
        const answer = await key.lease()
        lease = "grant" in answer ? answer.grant : undefined
        return false
      }
      case "fill":
        return lease !== undefined && (await key.fillUnder(lease, text, { version, stale: true })) === "stored"
      case "invalidate":
        await key.invalidate()
        return false
      case "expire":
        await key.invalidate({ mode: "expire" })
        return false
      case "put":
        return (await key.put(text, version, { stale: true })) === "stored"
      case "open a":
      case "open b":
        windows.set(step.slice(-1), await key.open())
        return false
      case "close a":
      case "close b": {
        const grant = windows.get(step.slice(-1))
        return grant !== undefined && (await key.close(grant, text, { version, stale: true })) === "stored"
      }
    }
  }
}

function mayStore(step: Step, told: readonly Told[]): boolean {
  switch (step) {
    case "fill":
      return !told.slice(lastOf(told, "lease")).some((each) => changes(each))
    case "close a":
    case "close b": {
      const own = step === "close a" ? "open a" : "open b"
      const other = step === "close a" ? "b" : "a"
      const openedAt = lastOf(told, own)
      const otherWasOpen = lastOf(told, `open ${other}`) > lastOf(told, `close ${other}`)
      const openedMeanwhile = told.slice(openedAt).some((each) => each.step === `open ${other}`)
      const wasOpenThen =
        lastOf(told.slice(0, openedAt), `open ${other}`) > lastOf(told.slice(0, openedAt), `close ${other}`)
      return !otherWasOpen && !openedMeanwhile && !wasOpenThen && !told.slice(openedAt).some((each) => changes(each))
    }
    case "put":
      return valueIsThere(told)
    default:
      return false
  }
}

/** Whether a step makes outdated what began before it. */
function changes({ step }: Told): boolean {
  return step === "invalidate" || step === "expire" || step === "put" || step.startsWith("close")
}

/** Whether a step removes the value unless it stores one. */
function drops(step: Step): boolean {
  return step === "invalidate" || step === "put" || step.startsWith("close")
}

/** Whether there is a value that no invalidation has touched. */
function valueIsThere(told: readonly Told[]): boolean {
  const storedAt = told.findLastIndex((each) => each.stored)
  return !told.slice(storedAt + 1).some((each) => changes(each))
}

function lastOf(told: readonly Told[], step: string): number {
  return told.findLastIndex((each) => each.step === step)
}
