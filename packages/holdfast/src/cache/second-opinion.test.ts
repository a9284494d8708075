import { expect, test } from "vitest"
import type { LeaseAnswer, Store } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { testBed, type TestBed } from "./cache.fixture.ts"

/** Whom another key's entry comes from, once, and what the second look then says. */
interface Misrouting {
  readonly by: "look" | "lease"
  readonly again: "right" | "fails"
}

/** A store whose answer about `victim` is, once, the entry of `other`. */
function misrouting(store: Store, { by, again }: Misrouting, seen: { distrusted: number }): Store {
  let misrouted = false
  const foreign = async (): Promise<Buffer | undefined> => {
    const bytes = await store.look({ value: "test:{item:other}", control: "test:{item:other}:ctl" } as never)
    misrouted ||= bytes !== undefined
    return bytes
  }
  const changes: Partial<Store> = {
    look: async (address) => (by === "look" && isVictim(address) && !misrouted ? foreign() : store.look(address)),
    lease: async (address, request): Promise<LeaseAnswer> => {
      const bytes = by === "lease" && isVictim(address) && !misrouted ? await foreign() : undefined
      return bytes === undefined ? store.lease(address, request) : { is: "hit", bytes }
    },
    lookAgain: async (address) => {
      if (again === "fails") throw new HoldfastError("STORE_UNAVAILABLE", "off.")
      const { bytes } = await store.lookAgain(address)
      return { bytes, distrust: () => void (seen.distrusted += 1) }
    },
  }
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(changes, name) ?? Reflect.get(target, name)
      return typeof member === "function" ? (member.bind(target) as unknown) : member
    },
  })
}

const isVictim = ({ value }: { readonly value: string }): boolean => value === "test:{item:victim}"

function bed(plan: Misrouting): { it: TestBed; seen: { distrusted: number } } {
  const seen = { distrusted: 0 }
  return { it: testBed((store) => misrouting(store, plan, seen)), seen }
}

for (const by of ["look", "lease"] as const) {
  test(`another key's entry in the answer to a ${by} is not served, and the connection that gave it is given up`, async () => {
    const { it, seen } = bed({ by, again: "right" })
    const cache = it.holdfast.cache({ name: "item", ttl: "10s", load: async (key: string) => `value of ${key}` })
    await cache.get("other")
    expect(await cache.get("victim")).toBe("value of victim")
    expect(seen.distrusted).toBe(1)
    expect(it.events.filter(({ name }) => name === "entry-foreign")).toMatchObject([{ where: "reply" }])
    expect(await cache.get("victim")).toBe("value of victim")
    expect(cache.stats()).toMatchObject({ foreign: 1, failures: 0 })
  })

  test(`if the second look fails after a misrouted ${by}, the source answers`, async () => {
    const { it, seen } = bed({ by, again: "fails" })
    const cache = it.holdfast.cache({ name: "item", ttl: "10s", load: async (key: string) => `value of ${key}` })
    await cache.get("other")
    expect(await cache.get("victim")).toBe("value of victim")
    expect(seen.distrusted).toBe(0)
    expect(cache.stats()).toMatchObject({ failures: 0 })
  })
}

test("a refresh notices another key's entry, too, and replaces the entry that its own key has", async () => {
  const { it, seen } = bed({ by: "look", again: "right" })
  let loads = 0
  const load = async (key: string): Promise<string> => `value ${(loads += 1)} of ${key}`
  const cache = it.holdfast.cache({ name: "item", ttl: "10s", load })
  await cache.get("other")
  await cache.refresh("victim")
  expect(seen.distrusted).toBe(1)
  expect(cache.stats()).toMatchObject({ foreign: 1 })
  expect(await cache.get("victim")).toBe("value 2 of victim")
})
