import { expect, test } from "vitest"
import type { Loss, Losses } from "../contracts/losses.ts"
import type { Store } from "../contracts/store.ts"
import { entryAddress, type EntryAddress } from "../entry/key.ts"
import { tagAddress } from "../entry/tag-address.ts"
import { overriding, testBed, type TestBed } from "./cache.fixture.ts"

const key: Loss["invalidations"][number] = {
  address: entryAddress("test", "item", "a"),
  request: { mode: "drop", version: undefined, tombstoneMs: 1000, graceMs: 0 },
}
const tag: Loss["invalidations"][number] = { tag: tagAddress("test", "t") }

interface LossBed extends TestBed {
  /** The next look is answered with this entry instead. */
  misrouteTo(address: EntryAddress): void
  /** Whatever the next call of this method answers comes once the loss has been told, and the store knows of it again. */
  loseDuring(method: "look" | "lookAgain" | "lease" | "lookTags", invalidation: Loss["invalidations"][number]): void
}

/** A store that answers as a new primary does to a reader that has waited for the connection: with what it had before the loss was told. */
function lossBed(): LossBed {
  let tell: (loss: Loss) => void = () => {}
  const losses: Losses = { onLoss: (listener) => void (tell = listener) }
  const misrouted: EntryAddress[] = []
  const losing = new Map<string, Loss["invalidations"][number]>()
  const during =
    <Args extends unknown[], Answer>(method: string, call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      const answer = await call(...args)
      const invalidation = losing.get(method)
      losing.delete(method)
      if (invalidation === undefined) return answer
      tell({ node: { host: "h", port: 1 }, invalidations: [invalidation], isOpen: false, isAllLost: false })
      await bed.clock.advance(1000)
      return answer
    }
  const wrap = (store: Store): Store =>
    overriding(store, {
      losses,
      look: during("look", (address) => store.look(misrouted.pop() ?? address)),
      lookAgain: during("lookAgain", (address) => store.lookAgain(address)),
      lease: during("lease", (address, request) => store.lease(address, request)),
      lookTags: during("lookTags", (tags) => store.lookTags(tags)),
    })
  const bed = testBed(wrap)
  const loseDuring: LossBed["loseDuring"] = (method, invalidation) => void losing.set(method, invalidation)
  return { ...bed, loseDuring, misrouteTo: (address) => void misrouted.push(address) }
}

test.each([
  ["the look for it", "look", key],
  ["the look for a tag of it", "lookTags", tag],
] as const)(
  "an entry whose invalidation was lost is not served to who has waited with %s",
  async (_name, method, lost) => {
    const { holdfast, loseDuring } = lossBed()
    let row = "old"
    const cache = holdfast.cache({
      name: "item",
      ttl: "1h",
      local: false,
      load: async (_id: string) => row,
      tags: () => ["t"],
    })
    expect(await cache.get("a")).toBe("old")
    row = "new"
    loseDuring(method, lost)
    expect(await cache.get("a")).toBe("new")
    expect(await cache.get("a")).toBe("new")
  },
)

test("nor with asking for a lease", async () => {
  const { holdfast, loseDuring, clock } = lossBed()
  let row = "old"
  const cache = holdfast.cache({
    name: "item",
    ttl: "1s",
    jitter: "0%",
    grace: "1h",
    local: false,
    load: async (_id: string) => row,
  })
  expect(await cache.get("a")).toBe("old")
  await clock.advance(1500)
  row = "new"
  loseDuring("lease", key)
  expect(await cache.get("a")).toBe("new")
  await clock.advance(5000)
  expect(await cache.get("a")).toBe("new")
})

test("nor with asking once more on a connection of its own", async () => {
  const { holdfast, loseDuring, misrouteTo } = lossBed()
  let row = "old"
  const cache = holdfast.cache({ name: "item", ttl: "1h", local: false, load: async (_id: string) => row })
  await cache.get("other")
  expect(await cache.get("a")).toBe("old")
  row = "new"
  misrouteTo(entryAddress("test", "item", "other"))
  loseDuring("lookAgain", key)
  expect(await cache.get("a")).toBe("new")
})
