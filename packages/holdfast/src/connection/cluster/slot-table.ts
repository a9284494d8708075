import type { Primary } from "../primary.ts"
import { slotCount } from "./slot-ranges.ts"
import { Tenure } from "./tenure.ts"

/** The slots of one primary, from and to included. */
export interface OwnedRange {
  readonly from: number
  readonly to: number
  readonly primary: Primary
}

/** Which primary owns which slot. */
export class SlotTable {
  #tenures = nobodys()

  owner(slot: number): Tenure | undefined {
    return this.#tenures[slot]
  }

  /** Each primary that owns a slot, with the first of its slots. */
  owners(): ReadonlyMap<Primary, number> {
    const owners = new Map<Primary, number>()
    this.#tenures.forEach((tenure, slot) => {
      if (tenure !== undefined && !owners.has(tenure.primary)) owners.set(tenure.primary, slot)
    })
    return owners
  }

  /** What a redirection told of one slot. */
  learn(slot: number, primary: Primary): Tenure {
    const present = this.#tenures[slot]
    if (present?.primary === primary) return present
    const tenure = new Tenure(primary)
    this.#tenures[slot] = tenure
    return tenure
  }

  /** Takes a whole map. A slot whose owner stays keeps its tenure, and so what was granted under it. */
  replace(ranges: readonly OwnedRange[]): void {
    const present = this.#tenures
    const gained = new Map<Primary, Tenure>()
    this.#tenures = nobodys()
    for (const { from, to, primary } of ranges) {
      let fresh = gained.get(primary)
      if (fresh === undefined) gained.set(primary, (fresh = new Tenure(primary)))
      for (let slot = from; slot <= to; slot++) {
        const kept = present[slot]
        this.#tenures[slot] = kept?.primary === primary ? kept : fresh
      }
    }
  }
}

function nobodys(): (Tenure | undefined)[] {
  return new Array<Tenure | undefined>(slotCount).fill(undefined)
}
