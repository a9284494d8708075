import { once } from "node:events"
import { describe, expect, test } from "vitest"
import type { KeySweep } from "../../contracts/key-scan.ts"
import type { Store } from "../../contracts/store.ts"
import { glob, type Glob } from "../../entry/glob.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { nearTier } from "../../near/near-tier.ts"
import { gatedSource, overriding, switchable, testBed } from "../cache.fixture.ts"

const policy = { name: "item", ttl: "60s", jitter: "0%", local: false } as const
const load = async (id: string): Promise<string> => `value of ${id}`

type Sweep = "as it is" | ((sweep: KeySweep) => Promise<void>)

/** A store whose sweeps do what the test says, in their order; after that what the store does. */
function withSweeps(store: Store, sweeps: Sweep[]): Store {
  const next = (sweep: KeySweep): Promise<void> => {
    const own = sweeps.shift() ?? "as it is"
    return own === "as it is" ? store.sweepKeys(sweep) : own(sweep)
  }
  return overriding(store, { sweepKeys: next })
}

describe("invalidatePattern", () => {
  test("invalidates what matches, in every process, and nothing else", async () => {
    const { holdfast, peer } = testBed()
    const [cache, elsewhere] = [holdfast.cache({ ...policy, load }), peer().cache({ ...policy, load })]
    await cache.getMany(["user:1:a", "user:1:b", "user:10:a", "user:2:a"])
    const userId = "1"
    const expected = { matched: 2, invalidated: 2, journalled: 0, delivered: true }
    expect(await cache.invalidatePattern(glob`user:${userId}:*`)).toEqual(expected)
    const left = ["user:1:a", "user:1:b", "user:10:a", "user:2:a"].map((key) => elsewhere.peek(key))
    expect(await Promise.all(left)).toEqual([undefined, undefined, "value of user:10:a", "value of user:2:a"])
  })

  test("keeps the process alive until it is done, although nothing else is open", async () => {
    let sweeping = (): void => {}
    const began = new Promise<void>((resolve) => (sweeping = resolve))
    const endless = async ({ signal }: KeySweep): Promise<void> => {
      sweeping()
      await once(signal, "abort")
      signal.throwIfAborted()
    }
    const { holdfast, clock } = testBed((store) => withSweeps(store, [endless]))
    const cache = holdfast.cache({ ...policy, load })
    const invalidating = cache.invalidatePattern(glob`*`, { timeout: "1s" })
    await began
    expect(clock.held).toBe(1)
    await Promise.all([clock.advance(1000), expect(invalidating).rejects.toThrow("CALL_TIMEOUT")])
    expect(clock.held).toBe(0)
    await holdfast.close()
  })

  test("changes nothing where what is asked for cannot be understood", async () => {
    const { holdfast } = testBed()
    const cache = holdfast.cache({ ...policy, load })
    await cache.get("a")
    for (const options of [{ dryrun: true }, { dryRun: 1 }, { dryRun: "yes" }]) {
      const counted = [
        cache.invalidatePattern(glob`*`, options as never),
        holdfast.invalidatePattern(glob`item:*`, options as never),
      ]
      for (const each of counted) await expect(each).rejects.toMatchObject({ code: "INVALID_OPTION" })
    }
    expect(await cache.peek("a")).toBe("value of a")
  })

  test("knows tuples, numbers and keys with a group", async () => {
    const { holdfast } = testBed()
    const options = {
      ttl: "60s",
      local: false,
      group: ([tenant]: readonly [string, number]) => `tenant:${tenant}`,
    } as const
    const orders = holdfast.cache({ ...options, name: "order", load: async (key: readonly [string, number]) => key[1] })
    await orders.getMany([
      ["acme", 1],
      ["acme", 2],
      ["acme:x", 1],
    ])
    expect((await orders.invalidatePattern(glob`${"acme"}:*`)).matched).toBe(2)
    expect(await orders.peek(["acme:x", 1])).toBe(1)
    const numbers = holdfast.cache({ ...policy, name: "n", load: async (key: number) => key })
    await numbers.getMany([41, 42, 142])
    expect((await numbers.invalidatePattern(glob`4?`)).matched).toBe(2)
  })

  test("with dryRun only counts", async () => {
    const { holdfast, events } = testBed()
    const cache = holdfast.cache({ ...policy, load })
    await cache.getMany(["a", "b"])
    const before = events.length
    expect(await cache.invalidatePattern(glob`*`, { dryRun: true })).toMatchObject({ matched: 2, invalidated: 0 })
    expect([await cache.peek("a"), events.length]).toEqual(["value of a", before])
  })

  test("takes nothing but a glob", async () => {
    const { holdfast } = testBed()
    const cache = holdfast.cache({ ...policy, load })
    for (const wrong of ["*", undefined, null, ["*"], { is: "any" }]) {
      await expect(cache.invalidatePattern(wrong as unknown as Glob)).rejects.toMatchObject({ code: "INVALID_PATTERN" })
      await expect(holdfast.invalidatePattern(wrong as unknown as Glob)).rejects.toMatchObject({
        code: "INVALID_PATTERN",
      })
    }
  })

  test("reports one event, and tells its progress", async () => {
    const { holdfast, events } = testBed()
    const cache = holdfast.cache({ ...policy, load })
    await cache.getMany(["a", "b"])
    const passes: string[] = []
    await cache.invalidatePattern(glob`a`, {
      onProgress: ({ pass, matched, invalidated, scans }) => passes.push([pass, matched, invalidated, scans].join(" ")),
    })
    // Afterwards only "b" is there.
    expect(passes).toEqual(["1 1 1 1", "2 1 1 1"])
    const told = events.filter(({ name }) => name.startsWith("invalidate"))
    expect(told).toEqual([{ name: "invalidate-pattern", cache: "item", matched: 1, delivered: true }])
  })
})

describe("a load that was under way", () => {
  /** A load that has begun and waits to be let go. */
  async function loading(sweeps: (finish: () => Promise<void>) => Sweep[]) {
    const source = gatedSource<string>()
    const finish = async (): Promise<void> => {
      source.calls[0]?.gate.resolve("old")
      await bed.clock.settle()
    }
    const bed = testBed((store) => withSweeps(store, sweeps(finish)))
    const cache = bed.peer().cache({ ...policy, load: source.load })
    const reading = cache.get("a")
    await bed.clock.settle()
    const here = bed.holdfast.cache({ ...policy, load })
    return { ...bed, cache, here, reading, finish }
  }

  test("cannot bring an old value back after the call", async () => {
    const { cache, here, reading, finish } = await loading(() => [])
    expect((await here.invalidatePattern(glob`a`)).matched).toBe(1)
    await finish()
    expect([await reading, await here.peek("a"), cache.stats().refusedFills]).toEqual(["old", undefined, 1])
  })

  test("nor if it fills during the first sweep, which then has seen neither of its keys", async () => {
    const { cache, here, reading } = await loading((finish) => [finish])
    expect((await here.invalidatePattern(glob`a`)).matched).toBe(1)
    expect([await reading, await here.peek("a"), cache.stats().fills]).toEqual(["old", undefined, 1])
  })

  test("nor if it fills during the second", async () => {
    const { cache, here, reading } = await loading((finish) => ["as it is", finish])
    await here.invalidatePattern(glob`a`)
    expect([await reading, await here.peek("a"), cache.stats().refusedFills]).toEqual(["old", undefined, 1])
  })
})

describe("copies in processes", () => {
  test("are dropped everywhere, even of entries that the store has no more", async () => {
    const { holdfast, peer, memory } = testBed(undefined, { nearTier })
    const near = { ...policy, local: {} } as const
    let version = 1
    const versioned = async (id: string): Promise<string> => `${id} ${version}`
    const [here, elsewhere] = [holdfast, peer()].map((each) => each.cache({ ...near, load: versioned }))
    await here?.get("a")
    await elsewhere?.get("a")
    memory.evict("test:{item:a}")
    version = 2
    expect([await here?.get("a"), await elsewhere?.get("a")]).toEqual(["a 1", "a 1"])
    expect((await holdfast.invalidatePattern(glob`item:*`)).matched).toBe(0)
    expect([await here?.get("a"), await elsewhere?.get("a")]).toEqual(["a 2", "a 2"])
  })
})

describe("if the store goes away", () => {
  const away = new HoldfastError("STORE_UNAVAILABLE", "Away.")

  test("during the sweep, it rejects and says how far it came; what it had found is journalled and told later", async () => {
    let isOff = false
    const bed = testBed((store) =>
      withSweeps(
        switchable(
          store,
          () => isOff,
          () => away,
        ),
        [
          async (sweep) => {
            await sweep.onKeys(["test:{item:a}"])
            isOff = true
            await sweep.onKeys(["test:{item:b}"])
            throw new HoldfastError("SWEEP_INCOMPLETE", "Away.", { facts: { reason: "STORE_UNAVAILABLE" } })
          },
        ],
      ),
    )
    const cache = bed.holdfast.cache({ ...policy, load })
    await cache.getMany(["a", "b"])
    await expect(cache.invalidatePattern(glob`*`)).rejects.toMatchObject({
      code: "SWEEP_INCOMPLETE",
      retryable: true,
      facts: { matched: 2, invalidated: 1, journalled: 1, reason: "STORE_UNAVAILABLE" },
    })
    isOff = false
    await bed.clock.advance(5000)
    expect(await bed.memory.look({ value: "test:{item:b}" } as never)).toBeUndefined()
  })

  test("and returns before the end, it resolves and says what is journalled", async () => {
    let failures = 1
    const bed = testBed((store) =>
      overriding(store, {
        invalidate: (...args) => (failures-- > 0 ? Promise.reject(away) : store.invalidate(...args)),
      }),
    )
    const cache = bed.holdfast.cache({ ...policy, load })
    await cache.getMany(["a", "b"])
    const delivery = await cache.invalidatePattern(glob`*`)
    expect(delivery).toEqual({ matched: 2, invalidated: 1, journalled: 1, delivered: false })
  })

  test("and the journal is full, it rejects as an invalidation does, with the count", async () => {
    const bed = testBed((store) => overriding(store, { invalidate: () => Promise.reject(away) }))
    const cache = bed.holdfast.cache({ ...policy, load })
    await cache.getMany(["a", "b", "c", "d"])
    await expect(cache.invalidatePattern(glob`*`)).rejects.toMatchObject({
      code: "SWEEP_INCOMPLETE",
      facts: { matched: 4, journalled: 3 },
      cause: { code: "INVALIDATION_BACKLOG_FULL" },
    })
  })
})

describe("a sweep ends", () => {
  const never = (sweep: KeySweep): Promise<void> =>
    new Promise((_resolve, reject) => {
      const end = (reason: unknown): void => reject(reason)
      sweep.signal.addEventListener("abort", () => end(sweep.signal.reason))
    })

  test("with the signal, the timeout, and the Holdfast", async () => {
    const bed = testBed((store) => withSweeps(store, [never, never, never, never]))
    const cache = bed.holdfast.cache({ ...policy, load })
    const stop = new AbortController()
    const aborted = cache.invalidatePattern(glob`*`, { signal: stop.signal })
    const reason = new Error("enough")
    stop.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    const late = cache.invalidatePattern(glob`*`, { timeout: "1s" })
    late.catch(() => {})
    await bed.clock.advance(1001)
    await expect(late).rejects.toMatchObject({ code: "CALL_TIMEOUT" })
    const open = [cache.invalidatePattern(glob`*`), cache.scan().next()]
    const closing = bed.holdfast.close()
    for (const each of open) await expect(each).rejects.toMatchObject({ code: "CLOSED" })
    await closing
    await expect(cache.invalidatePattern(glob`*`)).rejects.toMatchObject({ code: "CLOSED" })
    expect(() => cache.scan()).toThrow(expect.objectContaining({ code: "CLOSED" }))
  })
})

describe("over a namespace", () => {
  test("it reaches the caches that match, those of other processes too, and no other namespace", async () => {
    const { holdfast, peer, memory } = testBed()
    const products = holdfast.cache({ ...policy, name: "product", load })
    const users = holdfast.cache({ ...policy, name: "user", load })
    const prices = peer().cache({ ...policy, name: "product.price", load })
    await Promise.all([products.get("1"), products.get("2"), users.get("1"), prices.get("1")])
    expect((await holdfast.invalidatePattern(glob`product*:1`)).matched).toBe(2)
    const left = await Promise.all([products.peek("1"), products.peek("2"), users.peek("1"), prices.peek("1")])
    expect(left).toEqual([undefined, "value of 2", "value of 1", undefined])
    void memory
  })

  test.each([glob`*`, glob`product`, glob`:1`])("a pattern that names no cache is refused", async (pattern) => {
    const { holdfast } = testBed()
    await expect(holdfast.invalidatePattern(pattern)).rejects.toMatchObject({ code: "INVALID_PATTERN" })
    expect(() => holdfast.scan({ match: pattern })).toThrow(expect.objectContaining({ code: "INVALID_PATTERN" }))
  })
})
