import { tagAddress, tagClockAddress } from "holdfast/testing"
import { expect, test } from "vitest"
import { shows } from "./shows.ts"
import { namespace, world } from "./world.ts"

test(shows("H6", "an entry whose tag or tag clock was evicted is a miss"), async () => {
  for (const { key } of [tagAddress(namespace, "category:7"), tagClockAddress(namespace)]) {
    const { source, store, process } = world()
    const tags = (): readonly string[] => ["category:7"]
    const writer = process()
    // A tag that has been invalidated: its record is what tells of it.
    await writer.holdfast.invalidateTags(["category:7"])
    await process({ tags }).cache.get("a")
    source.version = 2
    await writer.holdfast.invalidateTags(["category:7"])
    store.evict(key)
    expect(await process({ tags }).cache.peek("a")).toBeUndefined()
    expect(await process({ tags }).cache.get("a")).toEqual({ version: 2 })
  }
})
