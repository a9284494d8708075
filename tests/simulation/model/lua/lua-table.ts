import { LuaNotModelled, raise } from "./lua-error.ts"
import type { LuaValue } from "./lua-value.ts"

/** A table: what stands at 1, 2, 3 and so on in a list, the rest in a map. */
export class LuaTable {
  /** Without gaps and without nil. */
  readonly list: LuaValue[]
  #map: Map<LuaValue, LuaValue> | undefined
  /** How many positive whole numbers are in the map: then the length depends on how Lua lays the table out. */
  #beyond = 0

  constructor(list: LuaValue[] = []) {
    this.list = list
  }

  /** The positional values of a constructor, of which some may be nil. */
  static of(values: readonly LuaValue[]): LuaTable {
    const table = new LuaTable()
    values.forEach((value, at) => table.set(at + 1, value))
    return table
  }

  /** Named fields only: name, value, name, value and so on. */
  static fields(...namesAndValues: readonly LuaValue[]): LuaTable {
    const table = new LuaTable()
    const map = (table.#map = new Map<LuaValue, LuaValue>())
    for (let at = 0; at < namesAndValues.length; at += 2) {
      if (namesAndValues[at + 1] !== undefined) map.set(namesAndValues[at], namesAndValues[at + 1])
    }
    return table
  }

  /** The fields of a constructor in their order, and what a last call adds to its list. */
  static named(entries: readonly (readonly [LuaValue, LuaValue])[], rest?: readonly LuaValue[], from = 1): LuaTable {
    const table = new LuaTable()
    for (const [key, value] of entries) if (value !== undefined) table.set(key, value)
    rest?.forEach((value, at) => table.set(from + at, value))
    return table
  }

  get(key: LuaValue): LuaValue {
    if (typeof key === "number") {
      const value = this.list[key - 1]
      if (value !== undefined) return value
    }
    return this.#map?.get(key)
  }

  set(key: LuaValue, value: LuaValue): void {
    if (typeof key === "number") return this.#setNumber(key, value)
    if (key === undefined) raise("table index is nil")
    if (value === undefined) this.#map?.delete(key)
    else (this.#map ??= new Map()).set(key, value)
  }

  get length(): number {
    if (this.#beyond > 0) throw new LuaNotModelled("the length of a table with gaps, which depends on its layout")
    return this.list.length
  }

  /** All entries: first the list, then the rest as it came in. Lua promises no order. */
  entries(): readonly (readonly [LuaValue, LuaValue])[] {
    const listed = this.list.map((value, at) => [at + 1, value] as const)
    return this.#map === undefined ? listed : [...listed, ...this.#map]
  }

  #setNumber(key: number, value: LuaValue): void {
    const { list } = this
    if (key === list.length + 1) {
      if (value === undefined) this.#setBeyond(key, undefined)
      else this.#append(value)
    } else if (key >= 1 && key <= list.length && Number.isInteger(key)) {
      if (value === undefined) this.#cut(key)
      else list[key - 1] = value
    } else if (Number.isNaN(key)) raise("table index is NaN")
    else this.#setBeyond(key === 0 ? 0 : key, value)
  }

  #append(value: LuaValue): void {
    const { list } = this
    if (this.#beyond > 0) this.#setBeyond(list.length + 1, undefined)
    list.push(value)
    for (;;) {
      const next = this.#beyond > 0 ? this.#map?.get(list.length + 1) : undefined
      if (next === undefined) return
      this.#setBeyond(list.length + 1, undefined)
      list.push(next)
    }
  }

  /** Makes a gap: what stands behind it is no list any more. */
  #cut(key: number): void {
    const behind = this.list.splice(key - 1).slice(1)
    behind.forEach((value, at) => this.#setBeyond(key + 1 + at, value))
  }

  #setBeyond(key: number, value: LuaValue): void {
    const map = (this.#map ??= new Map())
    const had = map.has(key)
    if (value === undefined) map.delete(key)
    else map.set(key, value)
    if (key >= 1 && Number.isInteger(key)) this.#beyond += Number(value !== undefined) - Number(had)
  }
}
