import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, expect, test } from "vitest"
import { readTrace, replay } from "./trace.ts"

const folder = mkdtempSync(join(tmpdir(), "shop-trace-"))
afterAll(() => rmSync(folder, { recursive: true }))

function file(content: string | Buffer): string {
  const path = join(folder, `trace-${Math.random()}`)
  writeFileSync(path, content)
  return path
}

test("equal keys become equal products, different keys different ones, in order", async () => {
  const { ids, keys } = await readTrace(file("a\nb\r\na\n\nc"), 50_000)
  expect(keys).toBe(3)
  expect(ids).toHaveLength(4)
  expect(ids[0]).toBe(ids[2])
  expect(new Set(ids).size).toBe(3)
})

test("a gzip trace reads like the plain one", async () => {
  const text = Array.from({ length: 5000 }, (_, index) => `key-${index % 700}`).join("\n")
  const plain = await readTrace(file(text), 50_000)
  const packed = await readTrace(file(gzipSync(text)), 50_000)
  expect(packed.ids).toEqual(plain.ids)
  expect(packed.keys).toBe(700)
})

test("a trace beyond the limit is cut and says so", async () => {
  expect(await readTrace(file("a\nb\nc\n"), 50_000, 2)).toMatchObject({ cut: true, ids: { length: 2 } })
  expect(await readTrace(file("a\nb\n"), 50_000, 2)).toMatchObject({ cut: false, ids: { length: 2 } })
})

test("a trace that is empty, broken or not there is refused", async () => {
  await expect(readTrace(file("\n\n"), 50_000)).rejects.toThrow("holds no key")
  await expect(readTrace(join(folder, "none"), 50_000)).rejects.toThrow("ENOENT")
  await expect(readTrace(file(gzipSync("a\n".repeat(1e5)).subarray(0, 60)), 50_000)).rejects.toThrow(
    "unexpected end of file",
  )
})

test("a replay starts again at the end", () => {
  const next = replay(new Uint32Array([4, 5]))
  expect([next(), next(), next()]).toEqual([4, 5, 4])
})
