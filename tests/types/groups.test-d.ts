import { createHoldfast, type EntryReference } from "holdfast"
import { expectTypeOf, test } from "vitest"

interface Profile {
  readonly name: string
}

const holdfast = createHoldfast({ namespace: "shop" })
const profiles = holdfast.cache({
  name: "profile",
  ttl: "10m",
  load: async (user: string): Promise<Profile | null> => ({ name: user }),
  group: (user) => `user:${user}`,
})
const orders = holdfast.cache({
  name: "order",
  ttl: "10m",
  load: async ([user, order]: readonly [user: string, order: number]) => `${user} ${order}`,
  group: ([user]) => `user:${user}`,
})

test("`group` gets the key that the loader takes, and does not change what is inferred", () => {
  expectTypeOf(profiles.get).parameter(0).toEqualTypeOf<string>()
  expectTypeOf(profiles.get).returns.resolves.toEqualTypeOf<Profile | undefined>()
  // @ts-expect-error the group is a text
  holdfast.cache({ name: "a", ttl: "10m", load: async (id: string) => id, group: (id) => id.length })
})

test("`getTogether` answers a tuple", () => {
  const reading = holdfast.getTogether([profiles.entry("1"), orders.entry(["1", 7]), profiles.entry("2")])
  expectTypeOf(reading).resolves.toEqualTypeOf<[Profile | undefined, string | undefined, Profile | undefined]>()
  const many: EntryReference<Profile>[] = ["1", "2"].map((user) => profiles.entry(user))
  expectTypeOf(holdfast.getTogether(many)).resolves.toEqualTypeOf<(Profile | undefined)[]>()
})

test("`entry` takes the key of its cache, and exists only with a loader", () => {
  // @ts-expect-error the key is a tuple
  orders.entry("1")
  const manual = holdfast.cache<string, Profile>({ name: "b", ttl: "10m", group: (user) => user })
  expectTypeOf(manual).not.toHaveProperty("entry")
})
