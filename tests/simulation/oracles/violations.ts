import type { World } from "../world/world.ts"

/** Something that was promised and did not hold. */
export interface Violation {
  readonly kind: string
  readonly atMs: number
  /** Of the plan, where one is to blame. */
  readonly operation: number | undefined
  readonly what: string
}

/** The violations of one history, in order. */
export class Violations {
  readonly all: Violation[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  add(kind: string, what: string, operation?: number): void {
    this.all.push({ kind, atMs: this.#world.nowMs, operation, what })
    this.#world.tell?.("!!!", `${kind}: ${what}`)
  }
}
