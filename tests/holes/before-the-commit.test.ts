import { expect, test } from "vitest"
import { deferred } from "../deferred.ts"
import { shows } from "./shows.ts"
import { world, type Row } from "./world.ts"

test(shows("H8", "inside a write no load is stored, so none of before the commit is left after it"), async () => {
  const { source, process } = world()
  const late = deferred<Row>()
  const [reader, slow, writer] = [process(), process({ load: () => late.promise }), process()]
  let loading: Promise<Row | undefined> | undefined
  const { delivered } = await writer.cache.write("a", async () => {
    expect(await reader.cache.get("a"), "not committed yet").toEqual({ version: 1 })
    loading = slow.cache.get("a")
    source.version = 2
    return undefined
  })
  expect(delivered).toBe(true)
  late.resolve({ version: 1 })
  expect(await loading, "it began before the commit").toEqual({ version: 1 })
  expect(await reader.cache.get("a")).toEqual({ version: 2 })
})

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
