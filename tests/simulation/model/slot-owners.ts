import { slotCount } from "./key-slot.ts"

/** Neighbouring slots with one owner, from and to included. */
export interface OwnedSlots<Owner> {
  readonly from: number
  readonly to: number
  readonly owner: Owner
}

/** Who owns which slot: a few ranges, in order. */
export class SlotOwners<Owner> {
  #ranges: readonly OwnedSlots<Owner>[] = []

  get ranges(): readonly OwnedSlots<Owner>[] {
    return this.#ranges
  }

  get isComplete(): boolean {
    return this.#ranges.reduce((count, { from, to }) => count + to - from + 1, 0) === slotCount
  }

  of(slot: number): Owner | undefined {
    return this.#ranges.find(({ from, to }) => from <= slot && slot <= to)?.owner
  }

  /** Gives slots to an owner, or to nobody. */
  assign(owner: Owner | undefined, from: number, to: number): void {
    const others = this.#ranges.flatMap((range) => [
      ...(range.from < from ? [{ ...range, to: Math.min(range.to, from - 1) }] : []),
      ...(range.to > to ? [{ ...range, from: Math.max(range.from, to + 1) }] : []),
    ])
    const given = owner === undefined ? [] : [{ from, to, owner }]
    this.#ranges = joined([...others, ...given].toSorted((a, b) => a.from - b.from))
  }
}

function joined<Owner>(ranges: readonly OwnedSlots<Owner>[]): OwnedSlots<Owner>[] {
  const whole: OwnedSlots<Owner>[] = []
  for (const range of ranges) {
    const last = whole.at(-1)
    if (last?.owner === range.owner && last.to + 1 === range.from) whole[whole.length - 1] = { ...last, to: range.to }
    else whole.push(range)
  }
  return whole
}
