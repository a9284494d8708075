import { expect, test } from "vitest"
import { judge } from "./judge.ts"
import type { RequestKind, ShopAnswer, ShopRequest } from "./shop-request.ts"

const read = (kind: RequestKind, reads?: ShopRequest["reads"]): ShopRequest => ({
  kind,
  method: "GET",
  path: "/",
  ...(reads && { reads }),
})
const write = (kind: RequestKind): ShopRequest => ({ kind, method: "POST", path: "/", body: "{}" })
const answer = (
  status: number,
  headers: { version?: number; versions?: string; changed?: string } = {},
): ShopAnswer => ({
  is: "answer",
  status,
  version: 0,
  versions: "",
  changed: "",
  ...headers,
})

test("what belongs to the business of a shop is no error", () => {
  expect(judge(read("product", [{ what: "product", id: 1 }]), answer(200, { version: 1 }))).toBe("ok")
  expect(judge(read("missing-product"), answer(404))).toBe("not-found")
  expect(judge(write("checkout"), answer(409))).toBe("sold-out")
  expect(judge(read("quote"), answer(503))).toBe("refused-by-carrier")
  for (const kind of ["checkout", "change-price", "change-stock"] as const)
    expect(judge(write(kind), answer(503))).toBe("refused-by-cache")
  expect(judge(write("checkout"), answer(200, { changed: "offer:1@2" }))).toBe("ok")
})

test("everything else is an error that names itself", () => {
  expect(judge(read("product"), answer(500))).toEqual({ error: "product answered 500" })
  expect(judge(read("product"), answer(404))).toEqual({ error: "product answered 404" })
  expect(judge(read("missing-product"), answer(200))).toEqual({ error: "200 instead of 404" })
  expect(judge(read("offer"), answer(503))).toEqual({ error: "offer answered 503" })
  expect(judge(write("edit-profile"), answer(503))).toEqual({ error: "edit-profile answered 503" })
  expect(judge(read("offer"), { is: "failure", reason: "SocketError: closed" })).toEqual({
    error: "SocketError: closed",
  })
})

test("an answer that the oracle could not check is an error, not a pass", () => {
  expect(judge(read("product", [{ what: "product", id: 1 }]), answer(200))).toHaveProperty("error")
  const both = [1, 2].map((id) => ({ what: "product", id }) as const)
  expect(judge(read("products", both), answer(200, { versions: "product:1@1, product:2@1" }))).toBe("ok")
  expect(judge(read("products", both), answer(200, { versions: "product:1@1" }))).toHaveProperty("error")
  expect(judge(write("change-price"), answer(200))).toHaveProperty("error")
})
