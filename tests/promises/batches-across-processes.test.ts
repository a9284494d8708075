import { until } from "@holdfast/servers"
import { describe, expect, test } from "vitest"
import { places, usePeers, type Pair, type Peer } from "../peers.ts"

const rounds = process.env["HOLDFAST_DEEP"] === undefined ? 5 : 50

describe.each(places)("%s", (place, clients) => {
  const peers = usePeers(place)

  describe.each(clients)("%s", (client) => {
    /** Rows that the source has, and that nobody has read. */
    async function rows(count: number): Promise<readonly string[]> {
      const [{ worker }] = await peers.pair(client)
      const keys = Array.from({ length: count }, () => peers.name())
      await Promise.all(keys.map((key) => worker.call("commit", key)))
      return keys
    }

    test("of two batches that overlap, each process loads what it has won, by one call, and gets the rest from the other", async () => {
      const pair = await peers.pair(client)
      const won: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const keys = await rows(12)
        const [one, other] = [keys.slice(0, 9), keys.slice(3).toReversed()]
        const reads = await Promise.all([beginMany(pair[0], one), beginMany(pair[1], other)])
        const asked = await Promise.all(reads.map((read) => read.asked()))
        expect(asked.map((batches) => batches.length)).toEqual([1, 1])
        expect(asked.flat(2).toSorted()).toEqual(keys.toSorted())
        won.push(asked[0]?.[0]?.length ?? 0)
        const answers = await Promise.all(reads.map((read) => read.end()))
        expect(answers).toEqual([one, other].map((each) => answerOf(each)))
        expect(await loadsOf(pair, keys)).toEqual(keys.map(() => 1))
        expect(await readMany(pair[1], keys)).toEqual(answerOf(keys))
        expect(await loadsOf(pair, keys)).toEqual(keys.map(() => 1))
      }
      console.log(`${place}, ${client}: of 12 keys with 6 in common, the first process has won ${won.join(", ")}`)
    })

    test("a batch that fails in one process fails its keys alone in the other, and is loaded again by the next", async () => {
      const pair = await peers.pair(client)
      const [a, b, c] = (await rows(3)) as [string, string, string]
      const failing = await beginMany(pair[0], [a, b])
      const sharing = await beginMany(pair[1], [b, c])
      expect(await sharing.asked()).toEqual([[c]])
      await pair[0].worker.call("failLoads", "the source is down")
      const down = "the source is down"
      expect(await failing.end()).toEqual({ versions: {}, failures: { [a]: down, [b]: down } })
      expect(await sharing.end()).toEqual({ versions: { [c]: 1 }, failures: { [b]: "LOAD_FAILED_ELSEWHERE" } })
      await pair[0].worker.call("failLoads", undefined)
      expect(await readMany(pair[1], [a, b, c])).toEqual(answerOf([a, b, c]))
      expect(await loadsOf(pair, [a, b, c])).toEqual([2, 2, 1])
    })

    test("a row of a batch that cannot be stored fails alone, there and where it was waited for", async () => {
      const pair = await peers.pair(client)
      const [a, b] = (await rows(2)) as [string, string]
      // A "." at its end: its tag is the empty text.
      const bad = `${peers.name()}.`
      await pair[0].worker.call("commit", bad)
      const loading = await beginMany(pair[0], [a, bad])
      const sharing = await beginMany(pair[1], [bad, b, a])
      expect(await sharing.asked()).toEqual([[b]])
      expect(await loading.end()).toEqual({ versions: { [a]: 1 }, failures: { [bad]: "INVALID_TAG" } })
      expect(await sharing.end()).toEqual({ ...answerOf([a, b]), failures: { [bad]: "LOAD_FAILED_ELSEWHERE" } })
      expect(await loadsOf(pair, [a, b, bad])).toEqual([1, 1, 1])
    })

    test("what a batch does not find is not in the source for the other process either, while it waits and later", async () => {
      const pair = await peers.pair(client)
      const [a, b] = (await rows(2)) as [string, string]
      const missing = [peers.name(), peers.name()]
      const loading = await beginMany(pair[0], [a, ...missing])
      const sharing = await beginMany(pair[1], [...missing, b])
      expect(await sharing.asked()).toEqual([[b]])
      const nothing = Object.fromEntries(missing.map((key) => [key, undefined]))
      expect(await loading.end()).toEqual({ versions: { [a]: 1, ...nothing }, failures: {} })
      expect(await sharing.end()).toEqual({ versions: { [b]: 1, ...nothing }, failures: {} })
      for (const peer of pair) expect((await readMany(peer, missing)).versions).toEqual(nothing)
      expect(await loadsOf(pair, [a, b, ...missing])).toEqual([1, 1, 1, 1])
    })

    test("a batch leaves out what a single get of the other process is loading", async () => {
      const pair = await peers.pair(client)
      const [a, b] = (await rows(2)) as [string, string]
      const { worker } = pair[0]
      await worker.call("hold", "loaded")
      const single = worker.call("get", a)
      await worker.call("reached", "loaded")
      const many = await beginMany(pair[1], [a, b])
      expect(await many.asked()).toEqual([[b]])
      await worker.call("open", "loaded")
      expect([await single, await many.end()]).toEqual([1, answerOf([a, b])])
      expect(await loadsOf(pair, [a, b])).toEqual([1, 1])
    })

    test("a single get waits for the batch of the other process that loads its key", async () => {
      const pair = await peers.pair(client)
      const [a, b] = (await rows(2)) as [string, string]
      const many = await beginMany(pair[0], [a, b])
      expect((await many.asked()).map((keys) => keys.toSorted())).toEqual([[a, b].toSorted()])
      const { worker } = pair[1]
      const { waits } = await worker.call("stats")
      const single = worker.call("get", b)
      expect(await until(async () => (await worker.call("stats")).waits > waits, { timeoutMs: 10_000 })).toBe(true)
      expect([await many.end(), await single]).toEqual([answerOf([a, b]), 1])
      expect(await loadsOf(pair, [a, b])).toEqual([1, 1])
    })
  })
})

interface ManyRead {
  /** What its loader was asked for, call by call, once there was a call: it is held. */
  asked(): Promise<readonly (readonly string[])[]>
  /** Lets the loader go on, and answers what was read. */
  end(): Promise<unknown>
}

/** Begins to read keys, and waits until a batch of them is loaded. The reads of a pair may begin at once. */
async function beginMany({ worker }: Peer, keys: readonly string[]): Promise<ManyRead> {
  const before = (await worker.call("batches")).length
  await worker.call("hold", "load")
  const reading = worker.call("getMany", keys)
  await worker.call("reached", "load")
  return {
    asked: async () => (await worker.call("batches")).slice(before),
    end: async () => {
      await worker.call("open", "load")
      return reading
    },
  }
}

function readMany({ worker }: Peer, keys: readonly string[]) {
  return worker.call("getMany", keys)
}

function loadsOf([{ worker }]: Pair, keys: readonly string[]): Promise<number[]> {
  return Promise.all(keys.map((key) => worker.call("loads", key)))
}

/** The answer to a read of rows that are all there, in their first version. */
function answerOf(keys: readonly string[]) {
  return { versions: Object.fromEntries(keys.map((key) => [key, 1])), failures: {} }
}
