import { expect, test } from "vitest"
import { useStage } from "../stage.ts"

const stage = useStage()
const processes = 8
const callersEach = 1250
const loadMs = 50
const runs = process.env["HOLDFAST_DEEP"] === "1" ? 100 : 5

test(
  `${processes} processes with ${callersEach} callers each on one cold key: one load`,
  { timeout: 60_000 + runs * 2000 },
  async () => {
    const names = Array.from({ length: processes }, (_none, at) => `herd${at}`)
    const workers = await Promise.all(names.map((name) => stage.worker(name, { loadMs })))
    const loads: number[] = []
    const waitsMs: number[] = []
    for (let run = 0; run < runs; run += 1) {
      const key = stage.key()
      await workers[0]?.call("commit", key)
      const answers = await Promise.all(workers.map((worker) => worker.call("herd", key, callersEach)))
      expect(answers.map(({ versions }) => versions)).toEqual(names.map(() => [1]))
      loads.push((await workers[0]?.call("loads", key)) ?? 0)
      waitsMs.push(...answers.flatMap((answer) => answer.waitsMs))
    }
    expect(waitsMs).toHaveLength(runs * processes * callersEach)
    expect(loads).toEqual(loads.map(() => 1))
    waitsMs.sort((one, other) => one - other)
    const at = (share: number): number => Math.round(waitsMs[Math.floor((waitsMs.length - 1) * share)] ?? 0)
    const load = `a load of ${loadMs} ms`
    console.log(
      `herd: ${runs} runs, 1 load each (${load}); waits p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
    )
  },
)
