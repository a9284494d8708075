import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { overriding, testBed } from "./cache.fixture.ts"

const policy = { name: "item", ttl: "10m", jitter: "0%" } as const
const load = async (id: string): Promise<string> => `loaded ${id}`

test("many keys are written by one writer, and what it returns is stored", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, load })
  await cache.getMany(["a", "b", "c"])
  const written = await cache.writeMany(
    ["a", "b", "a"],
    async () =>
      new Map([
        ["a", "new a"],
        ["b", undefined],
      ]),
  )
  expect(written).toEqual([
    { value: "new a", stored: true, delivered: true },
    { value: undefined, stored: false, delivered: true },
    { value: "new a", stored: true, delivered: true },
  ])
  expect(await Promise.all(["a", "b", "c"].map((id) => cache.peek(id)))).toEqual(["new a", undefined, "loaded c"])
})

test("a writer that answers nothing invalidates all keys", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, load })
  await cache.getMany(["a", "b"])
  await cache.writeMany(["a", "b"], async () => {})
  expect(await Promise.all(["a", "b"].map((id) => cache.peek(id)))).toEqual([undefined, undefined])
})

test("a writer that throws, or answers what it must not, invalidates all keys and rejects", async () => {
  const boom = new Error("may have committed")
  const answers = [
    [() => Promise.reject(boom), boom],
    [async () => new Map([["other", "value"]]), { code: "INVALID_WRITE_RESULT" }],
    [async () => ["value"] as never, { code: "INVALID_WRITE_RESULT" }],
  ] as const
  for (const [writer, error] of answers) {
    const { holdfast } = testBed()
    const cache = holdfast.cache({ ...policy, load })
    await cache.getMany(["a", "b"])
    await expect(cache.writeMany(["a", "b"], writer)).rejects.toMatchObject(error)
    expect(await Promise.all(["a", "b"].map((id) => cache.peek(id)))).toEqual([undefined, undefined])
  }
})

test("windows of a strict cache are all open before the writer is called, or it is not", async () => {
  let refused = "nothing"
  const { holdfast, clock, store } = testBed((inner) =>
    overriding(inner, {
      openWindow: (address, request) =>
        address.value.includes(refused)
          ? Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "off."))
          : inner.openWindow(address, request),
    }),
  )
  const cache = holdfast.cache({ ...policy, consistency: "strict", load })
  let windows: number[] = []
  const inspect = async (): Promise<undefined> => {
    const keys = ["test:{item:a}", "test:{item:b}"]
    const seen = await Promise.all(
      keys.map((value) => store.inspect({ value, control: `${value}:ctl` } as Parameters<typeof store.inspect>[0])),
    )
    windows = seen.map((each) => each.windows.length)
  }
  await cache.writeMany(["a", "b"], inspect)
  expect(windows).toEqual([1, 1])
  refused = ":b}"
  const writer = () => Promise.reject(new Error("called"))
  await expect(cache.writeMany(["a", "b"], writer)).rejects.toMatchObject({ code: "WINDOW_NOT_OPENED" })
  await clock.settle()
  await inspect()
  expect(windows, "what was opened is closed again").toEqual([0, 0])
})

test("the writer of many keys is told of the first window that is lost", async () => {
  const { holdfast, clock, memory } = testBed()
  const cache = holdfast.cache({ ...policy, consistency: "strict", windowTerm: "3s", load })
  let reason: unknown
  const writing = cache.writeMany(["a", "b"], ({ signal, deadline }) => {
    expect(deadline.remainingMs).toBe(3000)
    memory.evict("test:{item:b}:ctl")
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason
        reject(signal.reason as Error)
      })
    })
  })
  await Promise.all([expect(writing).rejects.toMatchObject({ code: "WINDOW_LOST" }), clock.advance(1000)])
  expect(reason).toMatchObject({ facts: { why: "gone" } })
})

test("what is no function is refused before a window is opened", async () => {
  let opened = 0
  const { holdfast } = testBed((inner) =>
    overriding(inner, {
      openWindow: (...args) => {
        opened += 1
        return inner.openWindow(...args)
      },
    }),
  )
  const cache = holdfast.cache({ ...policy, load })
  const refused = { code: "INVALID_OPTION", facts: { option: "writer", cache: "item" } }
  await expect(cache.write("a", "value" as never)).rejects.toMatchObject(refused)
  await expect(cache.writeMany(["a"], new Map() as never)).rejects.toMatchObject(refused)
  expect(opened).toBe(0)
})

test("a load that fails says which class of error it was, and nothing of its message", async () => {
  const { holdfast, events } = testBed()
  const cache = holdfast.cache({ ...policy, load: () => Promise.reject(new RangeError("secret")) })
  await cache.get("a").catch(() => {})
  expect(events).toContainEqual(expect.objectContaining({ name: "load", ok: false, error: "RangeError" }))
})
