import { expect, test } from "vitest"
import { shows } from "./shows.ts"
import { world } from "./world.ts"

test(
  shows("H12", "after a write whose version goes back, reads go to the source until the tombstone ends"),
  async () => {
    const { clock, source, process } = world()
    const { cache } = process({ ttl: "10m", version: (row) => row.version })
    source.version = 7
    expect(await cache.get("a")).toEqual({ version: 7 })
    const written = await cache.write("a", () => ({ version: (source.version = 3) }))
    expect(written).toEqual({ value: { version: 3 }, stored: false, delivered: true })
    for (const passMs of [0, 30_000, 30_000]) {
      await clock.advance(passMs)
      const { loads } = source
      expect(await cache.get("a")).toEqual({ version: 3 })
      expect(source.loads).toBe(loads + 1)
    }
    await clock.advance(1)
    await cache.get("a")
    const { loads } = source
    expect(await cache.get("a")).toEqual({ version: 3 })
    expect(source.loads).toBe(loads)
  },
)
