import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { sealEnvelope, shapeOf } from "holdfast/testing"
import { envelopeOf, type GoldenCase } from "./golden-cases.ts"

const folder = new URL("goldens/", import.meta.url)

/** The names of all golden files, without extension. */
export function goldenNames(): string[] {
  return readdirSync(folder).map((file) => file.replace(/\.hex$/, ""))
}

/** The committed bytes of a case; undefined if it has none yet. */
export function readGolden(name: string): Buffer | undefined {
  const file = new URL(`${name}.hex`, folder)
  return existsSync(file) ? Buffer.from(readFileSync(file, "utf8").replaceAll("\n", ""), "hex") : undefined
}

/** Writes the bytes of a case, 32 a line, and never over an existing file. */
export function addGolden(name: string, bytes: Buffer): void {
  const lines = bytes.toString("hex").replace(/.{64}(?=.)/g, "$&\n")
  writeFileSync(new URL(`${name}.hex`, folder), `${lines}\n`, { flag: "wx" })
}

/** The bytes that this release stores for a case. */
export function sealGolden(golden: GoldenCase): Buffer {
  const payload = "value" in golden ? golden.codec.encode(golden.value as never) : undefined
  return sealEnvelope(envelopeOf(golden, shapeOfGolden(golden)), payload)
}

/** The shape number of a case. */
export function shapeOfGolden(golden: GoldenCase): number {
  return shapeOf(golden.codec.name, golden.shape)
}
