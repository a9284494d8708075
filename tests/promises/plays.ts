import { expect } from "vitest"
import { FreshnessOracle } from "../oracle.ts"
import type { Member } from "../stage.ts"
import type { Steps } from "./interleavings.ts"

/** What several actors do to one key, step by step, and what they have been told. */
export class Play {
  readonly key: string
  readonly oracle = new FreshnessOracle()

  constructor(key: string) {
    this.key = key
  }

  /** Opens a window, commits, closes. */
  writer(member: Member): Steps {
    let writing: ReturnType<typeof this.write>
    return [
      async () => {
        await member.call("hold", "opened", "committed")
        writing = this.write(member)
        await member.call("reached", "opened")
      },
      async () => {
        await member.call("open", "opened")
        await member.call("reached", "committed")
      },
      async () => {
        await member.call("open", "committed")
        const { version, delivered } = await writing
        expect(delivered).toBe(true)
        this.oracle.acknowledge(this.key, version)
      },
    ]
  }

  /** Commits, invalidates. */
  invalidator(member: Member): Steps {
    let version = 0
    return [
      async () => {
        version = await member.call("commit", this.key)
      },
      async () => {
        expect(await member.call("invalidate", this.key)).toEqual({ delivered: true })
        this.oracle.acknowledge(this.key, version)
      },
    ]
  }

  /** Asks and reads the source, fills. A reader who finds a value is done at its first step. */
  loader(member: Member): Steps {
    let reading: Promise<void>
    return [
      async () => {
        await member.call("hold", "loaded")
        const floor = this.oracle.floor(this.key)
        reading = member.call("get", this.key).then((version) => this.oracle.judge(this.key, floor, version))
        await Promise.race([member.call("reached", "loaded"), reading])
      },
      async () => {
        await member.call("open", "loaded")
        await reading
      },
    ]
  }

  /** What the store shows now may not be older than what was acknowledged. */
  async look(member: Member): Promise<void> {
    const floor = this.oracle.floor(this.key)
    const version = await member.call("peek", this.key)
    if (version !== undefined) this.oracle.judge(this.key, floor, version)
  }

  /** When all is over, everybody reads the last committed version. */
  async end(members: readonly Member[], story: string): Promise<void> {
    const last = this.oracle.floor(this.key)
    const answers: (number | undefined)[] = []
    for (const member of members) answers.push(await member.call("get", this.key))
    expect({ story, answers, stale: this.oracle.stale }).toEqual({ story, answers: members.map(() => last), stale: [] })
  }

  private write(member: Member): Promise<{ version: number; delivered: boolean }> {
    return member.call("write", this.key)
  }
}
