import { expect, test } from "vitest"
import { changeOf } from "./change-message.ts"

const era = "0123456789abcdef".repeat(2)

test("an invalidated key and an invalidated tag are changes, with their names as they are", () => {
  expect(changeOf(Buffer.from("ishop:{product:ä b}"))).toEqual({ is: "key", key: "shop:{product:ä b}" })
  expect(changeOf(Buffer.from("cproduct"))).toEqual({ is: "cache", cache: "product" })
  expect(changeOf(Buffer.from("c"))).toEqual({ is: "cache", cache: undefined })
  const tag = { is: "tag", key: "shop:{tag#a b}", clock: { era, counter: 17 } }
  expect(changeOf(Buffer.from(`t${era} 17 shop:{tag#a b}`))).toEqual(tag)
})

test("wake-ups and what nobody has sent are none", () => {
  for (const text of [
    "",
    "i",
    "fshop:{product:1}",
    "rx",
    "xx",
    "t",
    `t${era} x key`,
    `t${era} 1`,
    "tshort 1 key",
    `t0${era} 1 key`,
    `t${era} -1 key`,
    `t${era} 1234567890123456 key`,
    `t${era} 1 `,
    ` t${era} 1 key`,
  ]) {
    expect(changeOf(Buffer.from(text)), text).toBeUndefined()
  }
})
