import { expect, test } from "vitest"
import { transactionLimit } from "./transaction-limit.ts"

test("a server that can bounds the transaction, an older one its four parts", () => {
  expect(transactionLimit(18, 2000)).toBe("set local transaction_timeout = 2000")
  expect(transactionLimit(17, 2000)).toBe("set local transaction_timeout = 2000")
  expect(transactionLimit(16, 2000)).toBe(
    "set local statement_timeout = 500; set local idle_in_transaction_session_timeout = 500",
  )
})
