import { libraryScripts } from "holdfast/testing"
import type { ModelReply } from "../model-reply.ts"
import { keys } from "./random-commands.ts"
import type { Sequence, ServerState, Step } from "./sequence.ts"

export const channel = "{e}:wake"

/** How a real server gets into a state, out of any other. */
const states: Readonly<Record<ServerState, readonly (readonly string[])[]>> = {
  "": [
    ["REPLICAOF", "NO", "ONE"],
    ["CONFIG", "SET", "maxmemory", "0", "replica-serve-stale-data", "yes"],
  ],
  OOM: [
    ["REPLICAOF", "NO", "ONE"],
    ["CONFIG", "SET", "maxmemory", "1", "replica-serve-stale-data", "yes"],
  ],
  READONLY: [
    ["CONFIG", "SET", "maxmemory", "0", "replica-serve-stale-data", "yes"],
    ["REPLICAOF", "127.0.0.1", "1"],
  ],
  "READONLY-OOM": [
    ["CONFIG", "SET", "maxmemory", "1", "replica-serve-stale-data", "yes"],
    ["REPLICAOF", "127.0.0.1", "1"],
  ],
  MASTERDOWN: [
    ["CONFIG", "SET", "maxmemory", "0", "replica-serve-stale-data", "no"],
    ["REPLICAOF", "127.0.0.1", "1"],
  ],
}

/** What tells all that a server holds. */
export const inventory: readonly (readonly string[])[] = [
  ...Object.values(keys).flatMap((key) => [
    ["TYPE", key],
    ["GET", key],
    ["LRANGE", key, "0", "-1"],
    ["ZRANGE", key, "0", "-1", "WITHSCORES"],
    ["XRANGE", key, "-", "+"],
    ["PEXPIRETIME", key],
    ["PTTL", key],
  ]),
  // Last, because the server counts expired keys until somebody asks for them.
  ["DBSIZE"],
]

/** What makes the server know the library's scripts and no others. */
export const warming: readonly (readonly string[])[] = [
  ["SCRIPT", "FLUSH"],
  ...libraryScripts.map(({ lua }) => ["SCRIPT", "LOAD", lua]),
]

/** What the server said to a sequence. */
export interface Heard {
  /** One for each step; undefined for those that are no commands. */
  readonly replies: readonly (ModelReply | undefined)[]
  /** The server's time in ms before each step, and after the last. */
  readonly timesMs: readonly number[]
  readonly inventory: readonly ModelReply[]
  /** The server's time in ms before and after the inventory. */
  readonly inventoryMs: readonly [number, number]
}

function commandsOf(step: Step): readonly (readonly string[])[] {
  if (step.is === "command") return [step.args]
  return step.is === "sleep" ? [["DEBUG", "SLEEP", String(step.ms / 1000)]] : states[step.state]
}

/** All that is sent for a sequence, and how to read the replies. */
export function realSteps({ steps, seed, isCold }: Sequence): {
  readonly commands: readonly (readonly string[])[]
  readonly read: (replies: readonly ModelReply[]) => Heard
} {
  const before = [["FLUSHALL"], ...(isCold ? [["SCRIPT", "FLUSH"]] : [])]
  const each = steps.map((step) => [["TIME"], ...commandsOf(step)])
  const isAltered = steps.some(({ is }) => is === "state")
  const after = [
    ["TIME"],
    ...(isAltered ? states[""] : []),
    ["TIME"],
    ...inventory,
    ["TIME"],
    ["PUBLISH", channel, endOf(seed)],
    ...(isCold ? warming : []),
  ]
  return {
    commands: [...before, ...each.flat(), ...after],
    read: (replies) => {
      const reader = new ListReader(replies.slice(before.length))
      const timesMs: number[] = []
      const heard = steps.map((step, at) => {
        timesMs.push(msOf(reader.next()))
        const answers = reader.many((each[at] as unknown[]).length - 1)
        return step.is === "command" ? answers[0] : undefined
      })
      timesMs.push(msOf(reader.next()))
      reader.many(isAltered ? states[""].length : 0)
      const beginMs = msOf(reader.next())
      const found = reader.many(inventory.length)
      return { replies: heard, timesMs, inventory: found, inventoryMs: [beginMs, msOf(reader.next())] }
    },
  }
}

/** The last message of a sequence. */
export function endOf(seed: number): string {
  return `end of ${seed}`
}

class ListReader {
  #at = 0
  readonly #replies: readonly ModelReply[]

  constructor(replies: readonly ModelReply[]) {
    this.#replies = replies
  }

  next(): ModelReply {
    return this.#replies[this.#at++] as ModelReply
  }

  many(count: number): readonly ModelReply[] {
    this.#at += count
    return this.#replies.slice(this.#at - count, this.#at)
  }
}

function msOf(reply: ModelReply): number {
  const [seconds, micros] = reply as readonly string[]
  return Number(seconds) * 1000 + Number(micros) / 1000
}
