import type { World } from "../world/world.ts"
import { sourceFaultClasses, type FaultClass, type FaultPlan } from "./fault-classes.ts"
import { ArmedFaults, type Injections } from "./injections.ts"

/** What befalls single calls of loaders and writers. */
export class SourceFaults {
  readonly #world: World
  readonly #injections: Injections
  readonly #armed: readonly ArmedFaults[]

  constructor(world: World, injections: Injections, plans: readonly FaultPlan[], processes: number) {
    this.#world = world
    this.#injections = injections
    this.#armed = Array.from(
      { length: processes },
      (_, id) => new ArmedFaults(plans.filter(({ is, process }) => process === id && sourceFaultClasses.has(is))),
    )
  }

  take(process: number, ...classes: readonly FaultClass[]): FaultPlan | undefined {
    const fault = this.#armed[process]?.take(this.#world.nowMs, ({ is }) => classes.includes(is))
    if (fault !== undefined) this.#injections.happened(fault, `P${process}`)
    return fault
  }

  end(): void {
    for (const armed of this.#armed) armed.end()
  }
}
