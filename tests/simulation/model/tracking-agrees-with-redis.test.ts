import { startRedis, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Draws } from "./agreement/draws.ts"
import { randomCommand } from "./agreement/random-commands.ts"
import { randomScript } from "./agreement/random-scripts.ts"
import { Wire } from "./agreement/wire.ts"
import { ModelNode } from "./model-node.ts"

const channel = "__redis__:invalidate"
const borderKey = "{e}:border"
const border = ["SET", borderKey, ""]

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31))

// What it takes for a near cache to hear of others: the real server tells of the same keys, command by command.
test(`a server tells of the keys that the model tells of (SEED=${seed})`, async () => {
  const draws = new Draws(seed)
  const longLife = (): string => "50000"
  const commands = Array.from({ length: 1500 }, () =>
    draws.chance(0.4) ? randomScript(draws, longLife) : randomCommand(draws),
  ).filter((args) => !hasOwnTime(args))
  const [real, model] = [await toldByServer(commands), await toldByModel(commands)]
  const differing = commands.flatMap((args, at) =>
    real[at] === model[at] ? [] : [`${JSON.stringify(args)}: ${real[at]} | ${model[at]}`],
  )
  expect(differing).toEqual([])
}, 120_000)

/** What ends by itself is told of when the server finds out, and what looks at the time that is left does at another time than the model. */
function hasOwnTime(args: readonly string[]): boolean {
  return args.some((arg) => arg.includes('"PTTL"') || /^(?:p?expire(?:at)?|p?setex|[ep]x(?:at)?)$/i.test(arg))
}

async function toldByServer(commands: readonly (readonly string[])[]): Promise<readonly string[]> {
  const [wire, ear] = [await Wire.open(redis), await Wire.open(redis)]
  const news = new News()
  try {
    const id = `${(await ear.command("CLIENT", "ID")) as number}`
    await ear.command(...trackingOf(id))
    await ear.command("SUBSCRIBE", channel)
    ear.onPush = (reply) => news.heard((reply as readonly [string, string, readonly string[] | null])[2])
    for (const args of commands) {
      await wire.command(...args)
      await wire.command(...border)
    }
    await news.borders(commands.length)
  } finally {
    wire.close()
    ear.close()
  }
  return news.byCommand
}

async function toldByModel(commands: readonly (readonly string[])[]): Promise<readonly string[]> {
  let ids = 0
  const newId = (): string => String(++ids).padStart(40, "0")
  const node = new ModelNode({ node: { host: "model", port: 1 }, nowMs: () => Date.now(), newId })
  const news = new News()
  const ear = node.connect({ push: () => {}, tracked: (keys) => news.heard(keys ?? null), closed: () => {} })
  const session = node.connect({ push: () => {}, closed: () => {} })
  node.execute(ear, trackingOf(`${node.execute(ear, ["CLIENT", "ID"]) as number}`))
  node.execute(ear, ["SUBSCRIBE", channel])
  for (const args of commands) for (const each of [args, border]) node.execute(session, each)
  return news.byCommand
}

function trackingOf(id: string): readonly string[] {
  return ["CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", "{e}:"]
}

/** What was told, parted by the news of a key that is written after each command. */
class News {
  readonly byCommand: string[] = []
  #latest: string[] = []
  #onBorder = (): void => {}

  heard(keys: readonly string[] | null): void {
    if (keys?.[0] !== borderKey) {
      this.#latest.push(keys === null ? "all" : keys.toSorted().join(" "))
      return
    }
    this.byCommand.push(this.#latest.join(", "))
    this.#latest = []
    this.#onBorder()
  }

  /** Resolves when so many have been told of. */
  borders(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onBorder = () => (this.byCommand.length >= count ? resolve() : undefined)
      this.#onBorder()
    })
  }
}
