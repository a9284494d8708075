import { until } from "@holdfast/servers"
import { clearTagAddress, tagAddress, tagClockAddress } from "holdfast/testing"
import { describe, expect, test } from "vitest"
import { maxStalenessMs, places, usePeers, type Pair } from "../peers.ts"

describe.each(places)("%s", (place, clients) => {
  const peers = usePeers(place)
  const { namespace } = peers
  const clockKey = tagClockAddress(namespace).key
  const clearKey = clearTagAddress(namespace, "row").key
  const tagKey = (tag: string): string => tagAddress(namespace, tag).key

  const flush = (): Promise<unknown> => Promise.all(peers.servers.map((server) => server.command("FLUSHALL")))

  describe.each(clients)("%s", (client) => {
    /** Both ways round: the process with the near cache acts first, then the one without. */
    const eachWay = async (): Promise<readonly Pair[]> => {
      const [near, without] = await peers.pair(client)
      return [
        [near, without],
        [without, near],
      ]
    }

    test.each(["is new", "is on another entry already"])(
      "a tag that another process invalidates during a load bars it, although the load tells its tags at the end: one that %s",
      async (which) => {
        for (const pair of await eachWay()) {
          const tag = peers.name()
          const [key, other] = [`${peers.name()}.${tag}`, `${peers.name()}.${tag}`]
          if (which !== "is new") await keep(pair, other, await pair[0].worker.call("commit", other))
          const endLoad = await beginLoad(pair, key)
          await change(pair, tag, key)
          expect(await endLoad()).toBe(1)
          await expectVersion(pair, key, 2)
          await change(pair, tag, key)
          await expectVersion(pair, key, 3)
        }
      },
    )

    test("an entry dies by each of its tags, whichever servers it and they are on", async () => {
      const tags = await Promise.all(peers.servers.map((server) => peers.nameOn(server, tagKey)))
      const [near, without] = await peers.pair(client)
      for (const server of peers.servers) {
        const key = await peers.nameOn(server, (key) => peers.keysOf(key).value, ["", ...tags].join("."))
        await without.worker.call("commit", key)
        for (const [at, tag] of tags.entries()) {
          await keep([near, without], key, at + 1)
          const loads = await near.worker.call("loads", key)
          await without.worker.call("commit", key)
          await expectVersion([near, without], key, at + 1)
          expect(await near.worker.call("loads", key)).toBe(loads)
          expect(await without.worker.call("invalidateTags", [tag])).toEqual({ delivered: true })
          await expectVersion([without, near], key, at + 2)
        }
      }
    })

    /** What servers may lose of a row and its tag, and by what the row is invalidated. */
    const losses: readonly (readonly [string, "tag" | "key", (key: string, tag: string) => Promise<unknown>])[] = [
      ["the tag", "tag", (_key, tag) => peers.evict(tagKey(tag))],
      ["the tag of the cache", "tag", () => peers.evict(clearKey)],
      ["the tag clock", "tag", () => peers.evict(clockKey)],
      ["the era of the tag clock", "tag", loseEra],
      ["the control key", "key", (key) => peers.evict(peers.keysOf(key).control)],
      ["everything", "tag", flush],
      ["everything", "key", flush],
    ]

    test.each(losses)(
      "%s is lost in the course of a load: what was invalidated by its %s is a miss",
      async (_what, by, lose) => {
        for (const pair of await eachWay())
          for (const point of ["before the invalidation", "before the fill", "after the fill"]) {
            const tag = peers.name()
            const [kept, loading] = [`${peers.name()}.${tag}`, `${peers.name()}.${tag}`]
            const loseAt = async (now: string): Promise<void> => {
              if (now === point) for (const key of [kept, loading]) await lose(key, tag)
            }
            await keep(pair, kept, await pair[0].worker.call("commit", kept))
            const endLoad = await beginLoad(pair, loading)
            await loseAt("before the invalidation")
            if (by === "tag") await change(pair, tag, kept, loading)
            else for (const key of [kept, loading]) await changeOne(pair, key)
            await loseAt("before the fill")
            expect(await endLoad()).toBe(1)
            await loseAt("after the fill")
            await expectVersion(pair, kept, 2)
            await expectVersion(pair, loading, 2)
          }
      },
    )
  })

  /** The clock goes back and is of another run, as after a server was restored. */
  async function loseEra(): Promise<void> {
    const owner = await peers.ownerOf(clockKey)
    const [era = ""] = String(await owner.command("GET", clockKey)).split(" ")
    await owner.command("SET", clockKey, `${era} 0 ${"0".repeat(40)}`)
  }
})

/** What they read, one after the other, is this version: at once, with a near cache within its bound, and from then on. */
async function expectVersion(pair: Pair, key: string, version: number): Promise<void> {
  const within = { timeoutMs: 4 * maxStalenessMs + 1000, everyMs: 1 }
  for (const { worker, hasNear } of pair) {
    const isRead = async (): Promise<boolean> => (await worker.call("get", key)) === version
    if (hasNear) expect(await until(isRead, within)).toBe(true)
    expect(await worker.call("get", key)).toBe(version)
  }
  expect(await Promise.all(pair.map(({ worker }) => worker.call("get", key)))).toEqual([version, version])
}

/** Has both read a row until the store has this version, and near caches. */
async function keep(pair: Pair, key: string, version: number): Promise<void> {
  for (const { worker, hasNear } of pair) {
    const isKept = async (): Promise<boolean> => {
      const before = await worker.call("stats")
      const isRead = (await worker.call("get", key)) === version
      const { nearHits, hits } = await worker.call("stats")
      return isRead && (hasNear ? nearHits > before.nearHits : hits > before.hits)
    }
    expect(await until(isKept, { timeoutMs: 10_000 })).toBe(true)
  }
}

/** The first one begins to load a row that is not kept, and has read the source; what is answered ends the load. */
async function beginLoad([{ worker }]: Pair, key: string): Promise<() => Promise<number | undefined>> {
  await worker.call("commit", key)
  await worker.call("hold", "loaded")
  const reading = worker.call("get", key)
  await worker.call("reached", "loaded")
  return async () => {
    await worker.call("open", "loaded")
    return reading
  }
}

async function changeOne([, { worker }]: Pair, key: string): Promise<void> {
  await worker.call("commit", key)
  expect(await worker.call("invalidate", key)).toEqual({ delivered: true })
}

/** The other one changes rows and invalidates the tag that they carry. */
async function change([, { worker }]: Pair, tag: string, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await worker.call("commit", key)
  expect(await worker.call("invalidateTags", [tag])).toEqual({ delivered: true })
}
