import { expect, test } from "vitest"
import { CommitBoard } from "./commit-board.ts"

test("the board of another thread shows the latest version, whatever the order in which commits are told", () => {
  const board = CommitBoard.of(50)
  const driver = new CommitBoard(board.versions)
  expect(driver.latest(42)).toBe(0)
  board.committed({ productId: 42, version: 3 })
  board.committed({ productId: 42, version: 2 })
  board.committed({ productId: 50, version: 2 })
  expect([42, 43, 50].map((id) => driver.latest(id))).toEqual([3, 0, 2])
})

test("a product that there is not has no version", () => {
  const board = CommitBoard.of(50)
  board.committed({ productId: 51, version: 2 })
  expect(board.latest(51)).toBe(0)
})
