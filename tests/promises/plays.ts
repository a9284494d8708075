import { FreshnessOracle } from "../oracle.ts"
import type { Member } from "../stage.ts"
import type { Steps } from "./interleavings.ts"

/** What several actors do to one key, step by step, and what they have been told. */
export class Play {
  readonly key: string
  readonly oracle = new FreshnessOracle()
  readonly #undelivered: string[] = []

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
        if (!delivered) this.#undelivered.push(`write of version ${version}`)
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
        const { delivered } = await member.call("invalidate", this.key)
        if (!delivered) this.#undelivered.push(`invalidation after version ${version}`)
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

  /** What is wrong when all is over: everybody has to read the last committed version, and nobody may have read an older one. */
  async complaints(members: readonly Member[], story: string): Promise<string[]> {
    const last = this.oracle.floor(this.key)
    const found = [...this.oracle.stale, ...this.#undelivered.map((what) => `${what} was not delivered`)]
    for (const [at, member] of members.entries()) {
      const version = await member.call("get", this.key)
      if (version !== last) found.push(`in the end member ${at} read ${version}, committed was ${last}`)
    }
    return found.map((complaint) => `${story}: ${complaint}`)
  }

  private write(member: Member): Promise<{ version: number; delivered: boolean }> {
    return member.call("write", this.key)
  }
}
