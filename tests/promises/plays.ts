import { expect } from "vitest"
import { FreshnessOracle } from "../oracle.ts"
import type { CacheWorker, Stage } from "../stage.ts"
import type { Steps } from "./interleavings.ts"

/** What several actors do to one key, step by step, and what they have been told. */
export class Play {
  readonly key: string
  readonly oracle = new FreshnessOracle()

  constructor(key: string) {
    this.key = key
  }

  /** Opens a window, commits, closes. */
  writer(worker: CacheWorker): Steps {
    let writing: ReturnType<typeof this.write>
    return [
      async () => {
        await worker.call("hold", "opened", "committed")
        writing = this.write(worker)
        await worker.call("reached", "opened")
      },
      async () => {
        await worker.call("open", "opened")
        await worker.call("reached", "committed")
      },
      async () => {
        await worker.call("open", "committed")
        const { version, delivered } = await writing
        expect(delivered).toBe(true)
        this.oracle.acknowledge(this.key, version)
      },
    ]
  }

  /** Commits, invalidates. */
  invalidator(worker: CacheWorker): Steps {
    let version = 0
    return [
      async () => {
        version = await worker.call("commit", this.key)
      },
      async () => {
        expect(await worker.call("invalidate", this.key)).toEqual({ delivered: true })
        this.oracle.acknowledge(this.key, version)
      },
    ]
  }

  /** Asks and reads the source, fills. A reader who finds a value is done at its first step. */
  loader(worker: CacheWorker): Steps {
    let reading: Promise<void>
    return [
      async () => {
        await worker.call("hold", "loaded")
        const floor = this.oracle.floor(this.key)
        reading = worker.call("get", this.key).then((version) => this.oracle.judge(this.key, floor, version))
        await Promise.race([worker.call("reached", "loaded"), reading])
      },
      async () => {
        await worker.call("open", "loaded")
        await reading
      },
    ]
  }

  /** What the store shows now may not be older than what was acknowledged. */
  async look(worker: CacheWorker): Promise<void> {
    const floor = this.oracle.floor(this.key)
    const version = await worker.call("peek", this.key)
    if (version !== undefined) this.oracle.judge(this.key, floor, version)
  }

  /** When all is over, everybody reads the last committed version. */
  async end(workers: readonly CacheWorker[], story: string): Promise<void> {
    const last = this.oracle.floor(this.key)
    const answers: (number | undefined)[] = []
    for (const worker of workers) answers.push(await worker.call("get", this.key))
    expect({ story, answers, stale: this.oracle.stale }).toEqual({ story, answers: workers.map(() => last), stale: [] })
  }

  private write(worker: CacheWorker): Promise<{ version: number; delivered: boolean }> {
    return worker.call("write", this.key)
  }
}

/** Three worker processes. */
export async function cast(stage: Stage): Promise<readonly [CacheWorker, CacheWorker, CacheWorker]> {
  return Promise.all([stage.worker("a"), stage.worker("b"), stage.worker("c")])
}
