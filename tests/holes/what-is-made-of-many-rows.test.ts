import { expect, test } from "vitest"
import { deferred } from "../deferred.ts"
import { shows } from "./shows.ts"
import { world, type Row } from "./world.ts"

test(
  shows("H14", "a list and a load of it under way are void as soon as the tag of a row is invalidated"),
  async () => {
    const { clock, source, process } = world()
    const tags = (): readonly string[] => ["category:7"]
    const late = deferred<Row>()
    const [reader, slow, writer] = [process({ tags }), process({ tags, load: () => late.promise }), process()]
    const lists = ["by-price", "by-name"]
    for (const list of lists) expect(await reader.cache.get(list)).toEqual({ version: 1 })
    const loading = slow.cache.get("by-rating")
    await clock.settle()
    source.version = 2
    expect(await writer.holdfast.invalidateTags(["category:7"])).toEqual({ delivered: true })
    late.resolve({ version: 1 })
    expect(await loading, "it began before the change").toEqual({ version: 1 })
    for (const list of [...lists, "by-rating"]) expect(await reader.cache.get(list)).toEqual({ version: 2 })
  },
)
