import { expect, test } from "vitest"
import { seededRandom } from "holdfast/testing"
import { shows } from "../holes/shows.ts"
import { useStage } from "../stage.ts"
import { killWriters } from "./killed-writers.ts"

const isDeep = process.env["HOLDFAST_DEEP"] === "1"
const rounds = isDeep ? 1000 : 100
const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 32)
const stage = useStage()

test(
  shows("H1", "a strict writer that is killed at any point leaves no read that is older than what was committed"),
  { timeout: 60_000 + rounds * 4000 },
  async () => {
    const random = seededRandom(seed)
    const plan = { rounds, windowTerm: "500ms", ttlSeconds: 60, draw: () => random.float() } as const
    const report = await killWriters(stage, plan)
    console.log(`strict: ${JSON.stringify(report)}, SEED=${seed}`)
    expect([report.stale, report.left, report.outlived]).toEqual([0, 0, []])
    expect(report.hits).toBeGreaterThan(rounds)
  },
)

test(
  shows(
    "H1",
    "a leased writer that is killed may leave the old value of the change that it was killed in, until the ttl ends, and no other",
  ),
  { timeout: 60_000 + rounds * 4000 },
  async () => {
    const random = seededRandom(seed)
    const plan = { rounds: Math.ceil(rounds / 3), windowTerm: undefined, ttlSeconds: 2, draw: () => random.float() }
    const report = await killWriters(stage, plan)
    console.log(`leased: ${JSON.stringify(report)}, SEED=${seed}`)
    // Else the test above could not have seen an old value either.
    expect(report.stale).toBeGreaterThan(0)
    expect([report.unkept, report.outlived]).toEqual([0, []])
  },
)
