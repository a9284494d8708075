import type { Clock, Random } from "holdfast"
import { roll } from "./dice.ts"
import { DrawLog } from "./draw-log.ts"
import type { SimEvent } from "./event-heap.ts"
import { wallStartMs, type World } from "./world.ts"

/** One process of a history: its clock, its randomness, and whether it runs. */
export class SimProcess {
  readonly id: number
  readonly name: string
  isDead = false
  pausedUntilMs = 0
  /** Wall time against true time, in milliseconds. */
  skewMs = 0
  /** Until then it reaches no server. */
  cutOffUntilMs = 0
  /** Commands of caches that servers have answered so far, as far as the answers have come. */
  answers = 0
  wallJumped = false
  /** Timers that are set and have not run. */
  timers = 0
  /** Sockets that are open or being opened. */
  sockets = 0
  /** A socket that was opened for a second opinion mixed replies up as well. */
  wasMisledTwice = false
  readonly draws: DrawLog = new DrawLog()
  readonly clock: Clock
  readonly random: Random

  constructor(world: World, id: number) {
    this.id = id
    this.name = `P${id}`
    // A third of all machines do not know what time it is.
    if (roll(world.seed, id * 64 + 9, 0) < 0.3) this.skewMs = (roll(world.seed, id * 64 + 10, 0) - 0.5) * 7_200_000
    this.clock = new ProcessClock(world, this)
    this.random = new ProcessRandom(world, id, this.draws)
  }

  isRunning(nowMs: number, atMs: number): boolean {
    return !this.isDead && this.pausedUntilMs <= Math.max(nowMs, atMs)
  }
}

/** Sixteen bits each as text: numbers are slow to write in base 16. */
const hexOf: readonly string[] = Array.from({ length: 2 ** 16 }, (_, bits) => bits.toString(16).padStart(4, "0"))

class ProcessClock implements Clock {
  readonly #world: World
  readonly #process: SimProcess

  constructor(world: World, process: SimProcess) {
    this.#world = world
    this.#process = process
  }

  now(): number {
    return Math.floor(wallStartMs + this.#world.nowMs + this.#process.skewMs)
  }

  monotonic(): number {
    return this.#world.nowMs
  }

  setTimeout(run: () => void, ms: number): SimEvent {
    const process = this.#process
    process.timers += 1
    return this.#world.at(Math.max(ms, 0), process, () => {
      process.timers -= 1
      run()
    })
  }

  clearTimeout(timer: unknown): void {
    const event = timer as SimEvent | undefined
    if (event?.run === undefined) return
    event.run = undefined
    this.#process.timers -= 1
  }

  keepAlive(): () => void {
    return () => {}
  }

  afterPoll(run: () => void): void {
    this.setTimeout(run, 0)
  }
}

/** Draws keyed by time; tokens by number, since no two may be the same. */
class ProcessRandom implements Random {
  readonly #world: World
  readonly #stream: number
  readonly #draws: DrawLog
  #atMs = 0
  #drawn = 0
  #tokens = 0

  constructor(world: World, id: number, draws: DrawLog) {
    this.#world = world
    this.#stream = id * 64 + 7
    this.#draws = draws
  }

  float(): number {
    const { nowMs, seed } = this.#world
    if (nowMs !== this.#atMs) {
      this.#atMs = nowMs
      this.#drawn = 0
    }
    this.#drawn += 1
    const drawn = roll(seed, this.#stream + this.#drawn * 1024, nowMs * 1024)
    this.#draws.add({ atMs: nowMs, drawn })
    return drawn
  }

  token(): string {
    this.#tokens += 1
    const { seed } = this.#world
    let text = ""
    for (let word = 0; word < 4; word += 1) {
      const drawn = roll(seed, this.#stream + word, -this.#tokens) * 2 ** 32
      text += `${hexOf[drawn >>> 16]}${hexOf[drawn & 0xff_ff]}`
    }
    return text
  }
}
