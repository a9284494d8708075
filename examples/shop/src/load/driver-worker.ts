import { parentPort, workerData } from "node:worker_threads"
import { parseVersions } from "../http/row-version.ts"
import { CommitBoard } from "./commit-board.ts"
import type { DriverReport, DriverRun, DriverSettings } from "./driver-messages.ts"
import { judge } from "./judge.ts"
import type { Verdict } from "./judge.ts"
import { createMix } from "./mix.ts"
import { Oracle } from "./oracle.ts"
import { createPacer } from "./pacer.ts"
import { createRandom } from "./random.ts"
import { seenVersions } from "./seen-versions.ts"
import { ShopClient } from "./shop-client.ts"
import type { ShopRequest } from "./shop-request.ts"
import { Tally } from "./tally.ts"
import { replay } from "./trace.ts"

const settings = workerData as DriverSettings
const board = new CommitBoard(settings.commits)
const oracle = new Oracle((id) => board.latest(id))
let nextRequest = createRequests()

parentPort?.on("message", (run: DriverRun) => void drive(run))

function createRequests(): () => ShopRequest {
  return createMix({
    random: createRandom(settings.seed),
    nextProduct: settings.trace && replay(settings.trace),
  })
}

/** Runs one stretch of load: every user sends a request, waits for the answer, and sends the next. */
async function drive(run: DriverRun): Promise<void> {
  if (run.fresh) nextRequest = createRequests()
  const client = new ShopClient(run.url, settings.connections)
  const beginMs = performance.now()
  const pacer = createPacer(run.ratePerSecond, beginMs + run.seconds * 1000)
  const total = new Tally()
  const intervals = startIntervals(run.intervalMs)

  const user = async (): Promise<void> => {
    for (let startMs = await pacer.next(); startMs !== undefined; startMs = await pacer.next()) {
      const request = nextRequest()
      const verdict = await perform(client, request)
      const answer = { latencyMs: performance.now() - startMs, write: request.method !== "GET", verdict }
      intervals.tally.add(answer)
      total.add(answer)
    }
  }
  await Promise.all(Array.from({ length: settings.connections }, user))

  const elapsedMs = performance.now() - beginMs
  intervals.end()
  await client.close()
  report({ is: "done", figures: { ...total.take(), ...oracle.take(), elapsedMs } })
}

function startIntervals(intervalMs: number): { readonly tally: Tally; end(): void } {
  const tally = new Tally()
  let beginMs = performance.now()
  const tell = (): void => {
    const nowMs = performance.now()
    report({ is: "interval", figures: { ...tally.take(), elapsedMs: nowMs - beginMs } })
    beginMs = nowMs
  }
  const timer = setInterval(tell, intervalMs)
  return {
    tally,
    end() {
      clearInterval(timer)
      if (performance.now() - beginMs > intervalMs / 2) tell()
    },
  }
}

async function perform(client: ShopClient, request: ShopRequest): Promise<Verdict> {
  const { reads = [] } = request
  const expected = reads.map(({ what, id }) => oracle.expected(what, id))
  const answer = await client.send(request)
  const verdict = judge(request, answer)
  if (answer.is === "answer" && verdict === "ok") {
    seenVersions(answer, reads).forEach((row, index) => oracle.check({ ...row, expected: expected[index] ?? 0 }))
    for (const change of parseVersions(answer.changed)) oracle.acknowledge(change)
  }
  return verdict
}

function report(message: DriverReport): void {
  parentPort?.postMessage(message)
}
