import { expect, test } from "vitest"
import { seededRandom } from "../testing/seeded-random.ts"
import { DistinctCount } from "./distinct-count.ts"

const seed = Number(process.env["SEED"] ?? 1)

for (const distinct of [0, 1, 10, 300, 1000, 30_000]) {
  test(`${distinct} different hashes, each given three times, are counted within four standard errors (SEED=${seed})`, () => {
    const random = seededRandom(seed)
    const hashes = Array.from({ length: distinct }, () => Math.floor(random.float() * 2 ** 32))
    const count = new DistinctCount()
    for (const hash of [...hashes, ...hashes, ...hashes]) count.add(hash)
    // 1.04 / sqrt(256) of the number, as the paper has it.
    expect(Math.abs(count.estimate - distinct)).toBeLessThanOrEqual(4 * 0.065 * distinct)
  })
}
