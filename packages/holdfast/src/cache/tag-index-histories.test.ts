import fc from "fast-check"
import { expect, test } from "vitest"
import { peekStamp } from "../entry/envelope.ts"
import { EntryAddress } from "../entry/key.ts"
import { clearTagAddress, tagAddress, tagClockAddress } from "../entry/tag-address.ts"
import type { MemoryStore } from "../stores/memory/memory-store.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { testBed, type TestBed } from "./cache.fixture.ts"
import type { Holdfast } from "./holdfast.ts"
import { isValidBy } from "./tags/tag-judge.ts"

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const runs = process.env["HOLDFAST_DEEP"] === undefined ? 300 : 5000

const tag = tagAddress("test", "t")
const clearTag = clearTagAddress("test", "item")
const keys = ["k0", "k1", "k2", "k3"]

type Does = "get" | "refresh" | "write" | "invalidate" | "invalidate-tag" | "clear" | "reclaim" | "list" | "wait" | Loss
type Loss = "evict-index" | "evict-tag" | "evict-clock"

interface Step {
  readonly does: Does
  readonly key: number
  readonly by: number
  /** How many turns pass before the next step begins; what is under way goes on. */
  readonly turns: number
}

/** What is named twice comes twice as often. */
function historyOf(...does: readonly Does[]): fc.Arbitrary<Step[]> {
  const below = (count: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: count - 1 })
  const turnsBefore = fc.oneof(below(4), below(60), below(400))
  return fc.array(fc.record({ does: fc.constantFrom(...does), key: below(4), by: below(2), turns: turnsBefore }), {
    minLength: 5,
    maxLength: 60,
  })
}

const losses: readonly Does[] = ["evict-index", "evict-index", "evict-tag", "evict-clock", "invalidate-tag"]
const filled: readonly Does[] = ["get", "get", "get", "get", "refresh", "write", "invalidate"]
const killed: readonly Does[] = ["invalidate-tag", "invalidate-tag", "reclaim", "reclaim", "reclaim"]

test(`a living entry is always listed, and none is freed, whatever goes on side by side (SEED=${seed})`, async () => {
  const run = async (steps: Step[], draws: number): Promise<void> => {
    const world = new World(draws)
    for (const step of steps) {
      await world.play(step)
      expect(await world.unlisted()).toEqual([])
    }
    await world.end()
    expect(await world.unlisted()).toEqual([])
    expect(world.wrongs).toEqual([])
  }
  await fc.assert(
    fc.asyncProperty(historyOf(...filled, ...killed, "clear", "wait", "evict-tag", "evict-clock"), fc.integer(), run),
    {
      seed,
      numRuns: runs,
    },
  )
}, 120_000)

test(`a listing that calls itself complete has all that lived throughout, whatever is lost (SEED=${seed})`, async () => {
  let complete = 0
  const run = async (steps: Step[], draws: number): Promise<void> => {
    const world = new World(draws)
    for (const step of steps) await world.play(step)
    await world.end()
    expect(world.wrongs).toEqual([])
    complete += world.complete
  }
  await fc.assert(
    fc.asyncProperty(
      historyOf(...filled, ...losses, "get", "get", "list", "list", "list", "wait", "wait", "reclaim"),
      fc.integer(),
      run,
    ),
    {
      seed,
      numRuns: runs,
    },
  )
  expect(complete).toBeGreaterThan(runs / 20)
}, 120_000)

/** Two processes on one store whose every answer takes its time, and what they may not do. */
class World {
  complete = 0
  /** Living entries that were freed. */
  readonly wrongs: string[] = []
  readonly #bed: TestBed
  readonly #processes: readonly Holdfast[]
  readonly #caches: readonly ReturnType<typeof itemCache>[]
  readonly #underWay: Promise<unknown>[] = []

  constructor(draws: number) {
    const random = seededRandom(draws)
    this.#bed = testBed((store) => this.#slow(store, () => turns(random.float() * (random.float() < 0.2 ? 300 : 12))))
    this.#processes = [this.#bed.holdfast, this.#bed.peer()]
    this.#caches = this.#processes.map(itemCache)
  }

  async play({ does, key, by, turns: count }: Step): Promise<void> {
    const { memory, clock } = this.#bed
    if (does === "wait") await clock.advance(3000)
    else if (does === "evict-index") memory.evict(tag.index)
    else if (does === "evict-tag") memory.evict(tag.key)
    else if (does === "evict-clock") memory.evict(tagClockAddress("test").key)
    else this.#underWay.push(this.#begin(does, keys[key] as string, by))
    await turns(count)
  }

  async end(): Promise<void> {
    await this.#bed.clock.runUntil(Promise.all(this.#underWay), 60_000)
  }

  /** Living entries that are not listed. */
  async unlisted(): Promise<string[]> {
    const { memory } = this.#bed
    const living = livingIn(memory)
    const page = memory.tagIndex?.listedEntries(tag, { afterMs: undefined, limit: 100 })
    const listed = (await page)?.entries.map((entry) => entry.key) ?? []
    return (await living).filter((key) => !listed.includes(key))
  }

  async #begin(does: Exclude<Does, Loss | "wait">, key: string, by: number): Promise<unknown> {
    const [holdfast, cache] = [this.#processes[by], this.#caches[by]]
    if (holdfast === undefined || cache === undefined) throw new Error("There are two processes.")
    if (does === "invalidate-tag") return holdfast.invalidateTags(["t"])
    if (does === "reclaim") return holdfast.reclaimTag("t", { batch: 2 })
    if (does === "list") return this.#list(holdfast)
    if (does === "clear") return cache.clear()
    if (does === "write") return cache.write(key, () => key)
    return does === "invalidate" || does === "refresh" ? cache[does](key) : cache.get(key)
  }

  async #list(holdfast: Holdfast): Promise<void> {
    const before = await livingIn(this.#bed.memory)
    const listing = holdfast.listTag("t", { batch: 1 })
    const listed: string[] = []
    for await (const { storeKey } of listing) listed.push(storeKey)
    const still = await livingIn(this.#bed.memory)
    if (listing.complete !== true) return
    this.complete += 1
    const missing = before.filter((key) => still.includes(key) && !listed.includes(key))
    if (missing.length > 0) throw new Error(`It called itself complete and lacks ${missing.join(", ")}.`)
  }

  #slow<S extends object>(target: S, wait: () => Promise<void>): S {
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name)
        if (name === "tagIndex") return this.#slow(member as object, wait)
        if (typeof member !== "function") return member
        if (["now", "onWake", "isCurrent"].includes(String(name))) return member.bind(target)
        return async (...args: unknown[]): Promise<unknown> => {
          await wait()
          const living = name === "reclaim" ? livingIn(this.#bed.memory) : undefined
          const answer: unknown = await Reflect.apply(member, target, args)
          const key = (args[0] as EntryAddress | undefined)?.value ?? ""
          if (String(answer).startsWith("freed") && (await living)?.includes(key) === true) this.wrongs.push(key)
          await wait()
          return answer
        }
      },
    })
  }
}

function itemCache(holdfast: Holdfast) {
  let loads = 0
  const load = async (id: string): Promise<string> => `${id} ${(loads += 1)}`
  const policy = { ttl: "10s", jitter: "0%", local: false, index: true, tags: () => ["t"] } as const
  return holdfast.cache({ name: "item", ...policy, load })
}

async function turns(count: number): Promise<void> {
  for (let turn = 1; turn < count; turn += 1) await Promise.resolve()
}

/** The entries that are not dead by a tag, at the moment of the call: the in-process store reads in the turn that it is asked in. */
async function livingIn(memory: MemoryStore): Promise<string[]> {
  const addresses = keys.map((key) => new EntryAddress(`test:{item:${key}}`))
  const [looks, looked] = [addresses.map((address) => memory.look(address)), memory.lookTags([clearTag, tag])]
  const [entries, records] = [await Promise.all(looks), await looked]
  return addresses.flatMap(({ value }, at) => {
    const bytes = entries[at]
    const stamp = bytes && peekStamp(bytes)
    return stamp !== undefined && records.every((record) => isValidBy(record, stamp.clock)) ? [value] : []
  })
}
