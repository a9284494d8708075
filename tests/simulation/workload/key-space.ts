import { entryAddress } from "holdfast/testing"

export const namespace = "sim"
export const cacheName = "row"

/** The few keys of a history, and the names under which the store keeps them. */
export class KeySpace {
  readonly names: readonly string[]
  readonly #valueKeys: readonly string[]
  readonly #indexes = new Map<string, number>()

  /** @param groupOf puts the entries into the hash slots of groups */
  constructor(count: number, groupOf: (index: number) => string | undefined = () => undefined) {
    const addresses = allNames.slice(0, count).map((name, at) => ({ name, ...addressOf(name, groupOf(at)) }))
    this.names = addresses.map(({ name }) => name)
    this.#valueKeys = addresses.map(({ value }) => value)
    for (const [index, { value, control }] of addresses.entries()) {
      this.#indexes.set(value, index)
      this.#indexes.set(control, index)
    }
  }

  /** Which key a value or control key belongs to. */
  indexOf(storeKey: string | undefined): number | undefined {
    return storeKey === undefined ? undefined : this.#indexes.get(storeKey)
  }

  valueKeyOf(index: number): string {
    return this.#valueKeys[index] as string
  }

  otherValueKey(index: number): string {
    return this.#valueKeys[(index + 1) % this.#valueKeys.length] as string
  }
}

/** Of which a history has the first few. */
export const allNames = ["k0", "k1", "k2", "k3"]
const addresses = new Map<string, { value: string; control: string }>()

function addressOf(name: string, group: string | undefined): { value: string; control: string } {
  const known = `${name} ${group}`
  let address = addresses.get(known)
  if (address === undefined) {
    const { value, control } = entryAddress(namespace, cacheName, name, group)
    address = { value, control }
    addresses.set(known, address)
  }
  return address
}
