import type { RedisProcess } from "@holdfast/servers"
import { channel, endOf, realSteps, warming, type Heard } from "./real-steps.ts"
import { compareWithModel } from "./model-steps.ts"
import { sequenceOf, type Sequence } from "./sequence.ts"
import { Wire } from "./wire.ts"

/** What became of many sequences. */
export interface Agreement {
  sequences: number
  commands: number
  /** Sequences of which only a part could be compared. */
  cut: number
  readonly stories: string[]
}

const batchSize = 100
const mostStories = 5

/** Plays sequences on a real server and on the model. They have the seeds from `seed` on. */
export async function compareServers(redis: RedisProcess, seed: number, count: number): Promise<Agreement> {
  const agreement: Agreement = { sequences: 0, commands: 0, cut: 0, stories: [] }
  const [wire, ear] = [await Wire.open(redis), await Ear.open(redis)]
  try {
    await wire.send(warming)
    let next: Promise<PlayedBatch> | undefined = playBatch(wire, ear, seed, Math.min(batchSize, count))
    for (let from = batchSize; next !== undefined && agreement.stories.length < mostStories; from += batchSize) {
      const played: PlayedBatch = await next
      const size = Math.min(batchSize, count - from)
      // The server goes on while the model catches up.
      next = size > 0 ? playBatch(wire, ear, seed + from, size) : undefined
      judge(played, agreement)
    }
    await next
  } finally {
    wire.close()
    ear.close()
  }
  return agreement
}

type PlayedBatch = readonly {
  readonly sequence: Sequence
  readonly heard: Heard
  readonly messages: readonly string[]
}[]

async function playBatch(wire: Wire, ear: Ear, seed: number, size: number): Promise<PlayedBatch> {
  const sequences = Array.from({ length: size }, (_, at) => sequenceOf(seed + at, Date.now()))
  const plans = sequences.map(realSteps)
  const replies = await wire.send(plans.flatMap(({ commands }) => commands))
  await ear.heard(endOf(seed + size - 1))
  let at = 0
  return sequences.map((sequence, index) => {
    const { commands, read } = plans[index] as (typeof plans)[number]
    at += commands.length
    return {
      sequence,
      heard: read(replies.slice(at - commands.length, at)),
      messages: ear.takeUntil(endOf(sequence.seed)),
    }
  })
}

function judge(played: PlayedBatch, agreement: Agreement): void {
  for (const { sequence, heard, messages } of played) {
    const outcome = compareWithModel(sequence, heard, messages)
    agreement.sequences++
    agreement.commands += sequence.steps.length
    if (outcome.is === "cut") agreement.cut++
    if (outcome.is === "differed") agreement.stories.push(outcome.story)
  }
}

/** Hears what is published. */
class Ear {
  readonly #wire: Wire
  #messages: string[] = []
  #onMessage = (): void => {}

  private constructor(wire: Wire) {
    this.#wire = wire
    wire.onPush = (reply) => {
      this.#messages.push((reply as readonly string[])[2] as string)
      this.#onMessage()
    }
  }

  static async open(redis: RedisProcess): Promise<Ear> {
    const wire = await Wire.open(redis)
    await wire.command("SUBSCRIBE", channel)
    return new Ear(wire)
  }

  /** Resolves once a message has been heard. */
  async heard(message: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onMessage = () => (this.#messages.includes(message) ? resolve() : undefined)
      this.#onMessage()
    })
  }

  /** Takes out all messages before one, and that one. */
  takeUntil(message: string): string[] {
    const at = this.#messages.indexOf(message)
    const taken = this.#messages.slice(0, at)
    this.#messages = this.#messages.slice(at + 1)
    return taken
  }

  close(): void {
    this.#wire.close()
  }
}
