import { expect, test } from "vitest"
import { deferred } from "../deferred.ts"
import { shows } from "./shows.ts"
import { world, type Row } from "./world.ts"

test(
  shows("H8", "a row from before the commit, stored inside a write or still being loaded, is not kept after it"),
  async () => {
    const { clock, source, process } = world()
    const late = deferred<Row>()
    const [reader, slow, writer] = [process(), process({ load: () => late.promise }), process()]
    let loading: Promise<Row | undefined> | undefined
    const written = await writer.cache.writeMany(["stored", "loading"], async () => {
      expect(await reader.cache.get("stored"), "not committed yet").toEqual({ version: 1 })
      expect(await reader.cache.peek("stored")).toEqual({ version: 1 })
      loading = slow.cache.get("loading")
      await clock.settle()
      source.version = 2
      return new Map()
    })
    expect(written.map(({ delivered }) => delivered)).toEqual([true, true])
    expect(await reader.cache.get("stored")).toEqual({ version: 2 })
    late.resolve({ version: 1 })
    expect(await loading, "it began before the commit").toEqual({ version: 1 })
    expect(await reader.cache.get("loading")).toEqual({ version: 2 })
  },
)

test(
  shows(
    "H8",
    "what is named inside a transaction is invalidated after its commit, and a direct invalidation is refused there",
  ),
  async () => {
    const { source, process } = world()
    const [reader, writer] = [process().cache, process()]
    await writer.holdfast.afterCommit(async (unit) => {
      unit.invalidate(writer.cache, "a")
      await expect(writer.cache.invalidate("a")).rejects.toMatchObject({ code: "INSIDE_TRANSACTION" })
      expect(await reader.get("a"), "not committed yet").toEqual({ version: 1 })
      source.version = 2
    })
    expect(await reader.get("a")).toEqual({ version: 2 })
  },
)

test(shows("H8", "an invalidation before the commit leaves the old row until its ttl ends"), async () => {
  const { clock, source, process } = world()
  const [reader, writer] = [process().cache, process().cache]
  expect(await writer.invalidate("a")).toEqual({ delivered: true })
  expect(await reader.get("a"), "not committed yet").toEqual({ version: 1 })
  source.version = 2
  await clock.advance(9999)
  expect(await reader.get("a")).toEqual({ version: 1 })
  await clock.advance(1)
  expect(await reader.get("a")).toEqual({ version: 2 })
})
