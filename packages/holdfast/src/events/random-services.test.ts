import { expect, test } from "vitest"
import { switchable } from "../cache/cache.fixture.ts"
import type { ReadThroughCache } from "../cache/cache-kinds.ts"
import type { Holdfast } from "../cache/holdfast.ts"
import { EventAddress } from "../entry/event-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { createHoldfast } from "../exports/wiring/create-holdfast.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { eventBed, shared, type EventBed } from "./events.fixture.ts"

const firstSeed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const rows = ["0", "1", "2", "3"]
const address = new EventAddress("shop", "changed")
const places = [
  address.key,
  address.head,
  address.reader("shop#cache#row"),
  address.reader("shop#cache#menu"),
  address.reader("shop#group"),
]

interface Process {
  readonly holdfast: Holdfast
  readonly caches: readonly ReadThroughCache<string, number>[]
  isDead: boolean
}

/** A service whose processes come, go and die while rows change and keys are lost. */
class World {
  readonly bed: EventBed = eventBed()
  readonly source = new Map<string, number>(rows.map((row) => [row, 0]))
  readonly publisher: Holdfast = this.bed.process("publisher")
  readonly changed = this.publisher.event<{ row: string; n: number }>("changed", { namespace: "shop" })
  readonly handled = new Set<number>()
  readonly published = new Set<number>()
  /** Of what was published until then some may be missing, as was told. */
  toldUpTo = 0
  processes: Process[] = []

  start(): void {
    const process = { isDead: false }
    const dead = (): Error => new HoldfastError("STORE_UNAVAILABLE", "This process is dead.")
    const store = switchable(shared(this.bed.memory), () => process.isDead, dead)
    const { clock } = this.bed
    const holdfast = createHoldfast({
      namespace: "shop",
      store,
      clock,
      random: seededRandom(this.processes.length + 3),
    })
    const event = holdfast.event<{ row: string; n: number }>("changed")
    const load = async (row: string): Promise<number> => this.source.get(row) ?? -1
    const options = { ttl: "10h", local: false, load } as const
    const tags = (_value: unknown, row: string): readonly string[] => [`row:${row}`]
    const caches = [
      holdfast.cache({ ...options, name: "row", invalidateOn: [event.keys(({ row }) => [row])] }),
      // Nothing but the tags of another cache's rule tells the third that a row has changed.
      holdfast.cache({ ...options, name: "menu", tags, invalidateOn: [event.tags(({ row }) => [`row:${row}`])] }),
      holdfast.cache({ ...options, name: "page", tags }),
    ]
    event.subscribe({
      group: "group",
      from: "beginning",
      handler: ({ n }) => {
        if (!process.isDead) this.handled.add(n)
      },
      onGap: () => {
        if (!process.isDead) this.toldUpTo = this.published.size
      },
    })
    this.processes.push(Object.assign(process, { holdfast, caches }))
  }

  async change(row: string): Promise<void> {
    const n = this.published.size + 1
    this.source.set(row, n)
    await this.changed.publish({ row, n })
    this.published.add(n)
  }

  get living(): readonly Process[] {
    return this.processes.filter(({ isDead }) => !isDead)
  }
}

test("whatever becomes of processes and keys, the caches end with the source's values, and no event is missed unsaid", async () => {
  for (let seed = firstSeed; seed < firstSeed + 30; seed += 1)
    expect(await play(seed), `SEED=${seed}`).toEqual({ behind: [], outdated: [], missed: [] })
}, 60_000)

interface Wrongs {
  readonly behind: readonly string[]
  readonly outdated: readonly string[]
  readonly missed: readonly number[]
}

/** What went wrong. */
async function play(seed: number): Promise<Wrongs> {
  const random = seededRandom(seed)
  const draw = <T>(of: readonly T[]): T => of[Math.floor(random.float() * of.length)] as T
  const world = new World()
  const { clock, memory } = world.bed
  const behind: string[] = []
  for (let step = 0; step < 60; step += 1) {
    const luck = random.float()
    if (world.living.length === 0 ? luck < 0.3 : luck < 0.05) world.start()
    else if (luck < 0.5) await world.change(draw(rows))
    else if (luck < 0.53 && world.living.length > 0) await close(world, draw(world.living))
    else if (luck < 0.56 && world.living.length > 0) draw(world.living).isDead = true
    else if (luck < 0.58) memory.evict(draw(places))
    else if (luck < 0.66 && world.living.length > 0) behind.push(...(await catchUp(world, draw(world.living))))
    else await clock.advance(random.float() * 3000)
    if (world.living.length > 0) await draw(draw(world.living).caches).get(draw(rows))
  }
  if (world.living.length === 0) world.start()
  await clock.advance(40_000)
  const outdated: string[] = []
  for (const { caches } of world.living) outdated.push(...(await outdatedOf(world, caches)))
  const missed = [...world.published].filter((n) => !world.handled.has(n) && n > world.toldUpTo)
  for (const process of world.processes) process.isDead = false
  await Promise.all([world.publisher, ...world.processes.map(({ holdfast }) => holdfast)].map((each) => each.close()))
  return { behind, outdated, missed }
}

/** Which rows a process reads in an older state although it has caught up. */
async function catchUp(world: World, { holdfast, caches }: Process): Promise<readonly string[]> {
  await world.bed.clock.runUntil(holdfast.caughtUp())
  return outdatedOf(world, caches)
}

async function outdatedOf({ source }: World, caches: Process["caches"]): Promise<readonly string[]> {
  const outdated: string[] = []
  for (const cache of caches) {
    for (const row of rows) if ((await cache.get(row)) !== source.get(row)) outdated.push(`${cache.name} ${row}`)
  }
  return outdated
}

async function close(world: World, process: Process): Promise<void> {
  await process.holdfast.close()
  world.processes = world.processes.filter((each) => each !== process)
}
