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
  /** For each slot the place of its tenure, 0 for none: numbers, because a new array of 16,384 objects for each map is felt. */
  #places = new Uint32Array(slotCount)
  #tenures: (Tenure | undefined)[] = [undefined]

  owner(slot: number): Tenure | undefined {
    return this.#tenures[this.#places[slot] ?? 0]
  }

  /** Each primary that owns a slot, with one of its slots. */
  owners(): ReadonlyMap<Primary, number> {
    const owners = new Map<Primary, number>()
    this.#tenures.forEach((tenure, place) => {
      // Not looked for where the owner is known: after many redirections there is a tenure for each of thousands of slots.
      if (tenure === undefined || owners.has(tenure.primary)) return
      const slot = this.#places.indexOf(place)
      if (slot >= 0) owners.set(tenure.primary, slot)
    })
    return owners
  }

  /** What a redirection told of one slot. */
  learn(slot: number, primary: Primary): Tenure {
    const present = this.owner(slot)
    if (present?.primary === primary) return present
    const tenure = new Tenure(primary)
    this.#places[slot] = this.#tenures.push(tenure) - 1
    return tenure
  }

  /** Takes a whole map. A slot whose owner stays keeps its tenure, and so what was granted under it. */
  replace(ranges: readonly OwnedRange[]): void {
    const kept = new Map<Tenure, number>()
    const places = new Uint32Array(slotCount)
    const gained = new Map<Primary, Tenure>()
    for (const { from, to, primary } of ranges) {
      const fresh = gained.get(primary) ?? new Tenure(primary)
      gained.set(primary, fresh)
      for (let start = from, end = from; start <= to; start = end + 1) {
        end = this.#endOfRun(start, to)
        const present = this.owner(start)
        places.fill(placeOf(present?.primary === primary ? present : fresh, kept), start, end + 1)
      }
    }
    this.#tenures = [undefined, ...kept.keys()]
    this.#places = places
  }

  /** The last slot up to `to` that has the same tenure as `from` and all between. */
  #endOfRun(from: number, to: number): number {
    const place = this.#places[from]
    let end = from
    while (end < to && this.#places[end + 1] === place) end += 1
    return end
  }
}

/** Places count from 1, in the order in which tenures are kept. */
function placeOf(tenure: Tenure, kept: Map<Tenure, number>): number {
  const place = kept.get(tenure) ?? kept.size + 1
  kept.set(tenure, place)
  return place
}
