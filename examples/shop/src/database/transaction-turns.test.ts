import { expect, test } from "vitest"
import { TransactionTurns } from "./transaction-turns.ts"

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test("nothing comes between the statements of a transaction, and everything has its turn", async () => {
  const turns = new TransactionTurns()
  const log: string[] = []
  const statement = (name: string): Promise<void> => turns.outside(async () => void log.push(name))
  const transaction = (name: string): Promise<void> =>
    turns.take(async () => {
      log.push(`${name} begin`)
      await turn()
      log.push(`${name} end`)
    })
  await Promise.all([
    statement("1"),
    transaction("a"),
    statement("2"),
    transaction("b"),
    transaction("c"),
    statement("3"),
  ])
  expect(log[0]).toBe("1")
  expect(log.filter((line) => /^[23]$/.test(line))).toEqual(["2", "3"])
  for (const name of ["a", "b", "c"]) expect(log.indexOf(`${name} end`)).toBe(log.indexOf(`${name} begin`) + 1)
})

test("a transaction that fails gives its turn away", async () => {
  const turns = new TransactionTurns()
  await expect(turns.take(() => Promise.reject(new Error("no")))).rejects.toThrow("no")
  expect(await turns.take(async () => "next")).toBe("next")
})
