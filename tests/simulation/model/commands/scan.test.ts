import { expect, test } from "vitest"
import { ModelNode } from "../model-node.ts"

function makeServer() {
  let ids = 0
  const newId = (): string => String(++ids).padStart(40, "0")
  const node = new ModelNode({ node: { host: "redis", port: 6379 }, nowMs: () => 1_000_000, newId })
  const walk = (onStep: (step: number) => void = () => {}, more: readonly string[] = []): string[] => {
    const session = node.connect({ push: () => {}, closed: () => {} })
    const found: string[] = []
    let cursor = "0"
    for (let step = 1; ; step += 1) {
      const [next, keys] = node.execute(session, ["SCAN", cursor, ...more]) as [string, string[]]
      found.push(...keys)
      cursor = next
      if (cursor === "0") return found
      onStep(step)
    }
  }
  const say = (...args: readonly string[]): void =>
    void node.execute(node.connect({ push: () => {}, closed: () => {} }), args)
  return { node, walk, say }
}

const names = Array.from({ length: 40 }, (_, at) => `key-${at}`)

test("a walk takes steps, and brings at least once what is there all the time, and some of it twice", () => {
  const { walk, say } = makeServer()
  for (const name of names) say("SET", name, "v")
  let steps = 0
  const found = walk((step) => {
    steps = step
    say("DEL", `comes-${step - 1}`)
    say("SET", `comes-${step}`, "v")
  })
  expect(steps).toBeGreaterThan(3)
  expect([...new Set(found)].filter((name) => !name.startsWith("comes")).toSorted()).toEqual(names.toSorted())
  expect(found.length).toBeGreaterThan(names.length)
})

test("a cursor of another run passes keys by", () => {
  const { node, walk, say } = makeServer()
  for (const name of names) say("SET", name, "v")
  const session = node.connect({ push: () => {}, closed: () => {} })
  const [cursor, first] = node.execute(session, ["SCAN", "0", "COUNT", "400"]) as [string, string[]]
  node.restart(node.snapshot())
  const next = node.connect({ push: () => {}, closed: () => {} })
  const [end, second] = node.execute(next, ["SCAN", cursor, "COUNT", "9999"]) as [string, string[]]
  expect(end).toBe("0")
  expect(new Set([...first, ...second]).size).toBeLessThan(names.length)
  expect(new Set(walk()).size).toBe(names.length)
})

test("MATCH chooses", () => {
  const { walk, say } = makeServer()
  for (const name of ["a", "ab", "a*b", "b", "a-", "[", "\\"]) say("SET", name, "v")
  const matching = (pattern: string): string[] => [...new Set(walk(undefined, ["MATCH", pattern]))].toSorted()
  expect(matching("a*")).toEqual(["a", "a*b", "a-", "ab"])
  expect(matching("a\\**")).toEqual(["a*b"])
  expect(matching("?")).toEqual(["[", "\\", "a", "b"])
  expect(matching("a[^a-c]")).toEqual(["a-"])
  expect(matching("a[c-ax]")).toEqual(["ab"])
  expect(matching("\\[")).toEqual(["["])
  expect(matching("\\\\")).toEqual(["\\"])
  expect(() => matching("a[b")).toThrow("does not know")
})
