import { expect, test } from "vitest"
import { ModelError, type ModelReply } from "../model/model-reply.ts"
import { KeySpace } from "../workload/key-space.ts"
import { describeExecution } from "./describe-execution.ts"

const keys = new KeySpace(1)
const told = (name: string, args: readonly string[], reply: ModelReply): string | undefined =>
  describeExecution(name, args, reply, keys)

test("what a server is asked about newer commands is told by their names", () => {
  const info = [null, ["delifeq", 3, ["write", "fast"], 1, 1, 1]]
  expect(told("COMMAND", ["COMMAND", "INFO", "DELEX", "DELIFEQ"], info)).toBe("asked for newer commands: DELIFEQ")
  const docs = ["set", ["arguments", [["name", "comparison-value", "type", "string", "token", "IFEQ"]]]]
  expect(told("COMMAND", ["COMMAND", "DOCS", "SET"], docs)).toBe("asked for newer commands: SET IFEQ")
  expect(told("COMMAND", ["COMMAND", "DOCS", "SET"], ["set", []])).toBe("asked for newer commands: none")
  const refusal = new ModelError("LOADING Redis is loading the dataset in memory")
  expect(told("COMMAND", ["COMMAND", "DOCS", "SET"], refusal)).toContain("-> LOADING")
})

test("an entry of the naive cache is told by its version", () => {
  const get = ["GET", keys.valueKeyOf(0)]
  expect(told("GET", get, `${"\0".repeat(64)}{"k":"k0","v":3}`)).toBe("GET k0 -> with version 3")
  expect(told("GET", get, "\0\u0001x")).toBe("GET k0 -> ..x")
})

test("a granted lease is told without the end that it has by the server's clock", () => {
  const lease = ["EVALSHA", "", "2", keys.valueKeyOf(0)]
  expect(told("LEASE", lease, ["win", 1_767_225_603_019])).toBe("LEASE k0 -> win")
  expect(told("LEASE", lease, ["wait"])).toBe("LEASE k0 -> wait")
})
