import { libraryScripts } from "holdfast/testing"
import { ModelNode } from "../model-node.ts"
import type { ModelReply } from "../model-reply.ts"
import { channel, inventory, warming, type Heard } from "./real-steps.ts"
import { inOrder, sameReply } from "./same-reply.ts"
import type { Sequence, Step } from "./sequence.ts"

/** How the model did on one sequence. */
export type Outcome =
  | { readonly is: "agreed" }
  /** The server's millisecond changed under a command, and it matters which one the command saw. */
  | { readonly is: "cut" }
  | { readonly is: "differed"; readonly story: string }

/**
 * Does to the model what was done to the server, at the same times, and compares.
 *
 * When a command ran is known from the server's time before and after it. So there are two models, which run each command at the one
 * and at the other: where they disagree nothing can be said. Nor can it of what reads the clock twice and saw two milliseconds.
 */
export function compareWithModel(sequence: Sequence, heard: Heard, messages: readonly string[]): Outcome {
  const [early, late] = [new TimedModel(sequence), new TimedModel(sequence)]
  for (const [at, step] of sequence.steps.entries()) {
    const [beforeMs = 0, afterMs = 0] = heard.timesMs.slice(at)
    if (Math.floor(beforeMs) !== Math.floor(afterMs) && asksTwice(step)) return { is: "cut" }
    const reply = inOrder(argsOf(step), early.play(step, beforeMs))
    if (!sameReply(reply, inOrder(argsOf(step), late.play(step, afterMs)))) return { is: "cut" }
    const real = inOrder(argsOf(step), heard.replies[at] ?? null)
    if (!sameReply(real, reply)) return { is: "differed", story: storyOf(sequence, at, real, reply) }
  }
  const [beginMs, endMs] = heard.inventoryMs
  const held = early.inventory(beginMs)
  if (!sameReply(held, late.inventory(endMs))) return { is: "cut" }
  const wrong = inventory.findIndex((_, at) => !sameReply(heard.inventory[at] ?? null, held[at] ?? null))
  if (wrong !== -1)
    return { is: "differed", story: storyOf(sequence, inventory[wrong] ?? [], heard.inventory[wrong], held[wrong]) }
  if (sameReply(messages, early.messages)) return { is: "agreed" }
  return { is: "differed", story: storyOf(sequence, ["its messages"], messages, early.messages) }
}

/**
 * Whether the server may read its clock twice for a step. Scripts ask for the time, and for a PEXPIRE Redis 7.0 reads the clock for the end
 * that the key gets, and again to see if that end is over: then a key to live for one millisecond is gone within its script.
 */
function asksTwice(step: Step): boolean {
  const [name = ""] = argsOf(step)
  return ["EVAL", "EVALSHA", "PEXPIRE"].includes(name.toUpperCase())
}

function argsOf(step: Step): readonly string[] {
  return step.is === "command" ? step.args : []
}

class TimedModel {
  readonly messages: string[] = []
  #nowMs = 0
  #ids = 0
  readonly #node = new ModelNode({
    node: { host: "model", port: 1 },
    nowMs: () => this.#nowMs,
    newId: () => String(++this.#ids).padStart(40, "0"),
  })
  readonly #session = this.#node.connect({ push: () => {}, closed: () => {} })

  constructor({ isCold }: Sequence) {
    const peer = { push: (_: string, message: string) => void this.messages.push(message), closed: () => {} }
    this.#node.execute(this.#node.connect(peer), ["SUBSCRIBE", channel])
    if (!isCold) for (const args of warming) this.#node.execute(this.#session, args)
  }

  /** Null for what is no command. */
  play(step: Step, nowMs: number): ModelReply {
    this.#nowMs = nowMs
    if (step.is === "command") return this.#node.execute(this.#session, step.args)
    if (step.is === "state") {
      this.#node.role = step.state === "" || step.state === "OOM" ? "primary" : "replica"
      this.#node.refusal = step.state.replace(/^READONLY-?/, "")
    }
    return null
  }

  /** All that it holds, once it is well again. */
  inventory(nowMs: number): readonly ModelReply[] {
    this.play({ is: "state", state: "" }, nowMs)
    return inventory.map((args) => this.play({ is: "command", args }, nowMs))
  }
}

function storyOf({ seed, steps }: Sequence, end: number | readonly string[], real: unknown, model: unknown): string {
  const played = typeof end === "number" ? steps.slice(0, end + 1) : steps
  const lines = played.map((step) => JSON.stringify(step.is === "command" ? step.args.map(named) : step))
  if (typeof end !== "number") lines.push(JSON.stringify(end))
  return [`sequence of seed ${seed}:`, ...lines, `the server: ${shown(real)}`, `the model:  ${shown(model)}`].join("\n")
}

const scriptNames = new Map(
  libraryScripts.flatMap(
    ({ name, lua, sha1 }) =>
      [
        [lua, name],
        [sha1, name],
      ] as const,
  ),
)

/** Scripts of the library by their names. */
function named(arg: string): string {
  const name = scriptNames.get(arg)
  return name === undefined ? arg : `<${name}>`
}

function shown(reply: unknown): string {
  return JSON.stringify(reply) ?? "nothing"
}
