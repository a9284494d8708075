import assert from "node:assert/strict"
import type {
  EventNews,
  EventPage,
  EventPosition,
  EventReadRequest,
  EventStreamStore,
} from "../../contracts/event-stream.ts"
import { EventAddress } from "../../entry/event-address.ts"
import { systemRandom } from "../../internal/random.ts"
import type { StoreCase, StoreScene } from "./store-scene.ts"

const longMs = 60_000
const retention = { keepMs: longMs, maxEvents: 1000 }
const here = systemRandom.token()
const elsewhere = systemRandom.token()

/** The stream of one case; `undefined` where the store keeps none. */
class StoreStream {
  readonly address = new EventAddress("conformance", `e${systemRandom.token()}`)
  readonly #scene: StoreScene
  readonly #events: EventStreamStore

  constructor(scene: StoreScene, events: EventStreamStore) {
    this.#scene = scene
    this.#events = events
  }

  publish(text: string): Promise<EventPosition> {
    return this.#events.publish(this.address, { id: systemRandom.token(), data: text }, retention)
  }

  read(request: Partial<EventReadRequest> = {}): Promise<EventPage> {
    const usual = {
      reader: "one",
      token: here,
      leaseMs: longMs,
      limit: 10,
      keepMs: longMs,
      reached: undefined,
      after: undefined,
    }
    return this.#events.read(this.address, { ...usual, ...request })
  }

  async texts(request: Partial<EventReadRequest> = {}): Promise<string[]> {
    return (await this.read(request)).events.map(({ data }) => data.toString())
  }

  onNews(hear: (news: EventNews) => void): () => void {
    return this.#events.onNews(this.address, hear)
  }

  evict(key: string): Promise<void> {
    return this.#scene.subject.evict(key)
  }
}

function eventCase(name: string, run: (stream: StoreStream, scene: StoreScene) => Promise<void>): StoreCase {
  return {
    name: `events: ${name}`,
    run: async (scene) => {
      const { events } = scene.store
      if (events !== undefined) await run(new StoreStream(scene, events), scene)
    },
  }
}

export const eventCases: readonly StoreCase[] = [
  eventCase("what is published is read in its order, with places that count it", async (stream) => {
    const places = [await stream.publish("a"), await stream.publish("b"), await stream.publish("c")]
    const { events, head, position, heldForMs } = await stream.read()
    assert.deepEqual(
      events.map(({ data }) => data.toString()),
      ["a", "b", "c"],
    )
    assert.deepEqual(
      events.map((event) => event.position),
      places,
    )
    assert.deepEqual(
      places.map(({ count }) => count),
      [1, 2, 3],
    )
    assert.equal(new Set(places.map(({ era }) => era)).size, 1)
    assert.deepEqual(head, places[2])
    assert.equal(position, undefined)
    assert.equal(heldForMs, undefined)
  }),
  eventCase("bytes and the id of a message come back as they were", async (_stream, { store }) => {
    const address = new EventAddress("conformance", `e${systemRandom.token()}`)
    const data = Uint8Array.from({ length: 256 }, (_, at) => at)
    const id = systemRandom.token()
    await store.events?.publish(address, { id, data }, retention)
    const asked = {
      reader: "one",
      token: here,
      leaseMs: 1,
      limit: 1,
      reached: undefined,
      after: undefined,
      keepMs: longMs,
    }
    const page = await store.events?.read(address, asked)
    assert.deepEqual(
      page?.events.map((event) => [event.id, [...event.data]]),
      [[id, [...data]]],
    )
  }),
  eventCase("a page is as long as asked for, and the next one follows what was reached", async (stream) => {
    for (const text of ["a", "b", "c"]) await stream.publish(text)
    const { events } = await stream.read({ limit: 2 })
    assert.equal(events.length, 2)
    assert.deepEqual(await stream.texts({ reached: events[1]?.position }), ["c"])
    assert.deepEqual(await stream.texts(), ["c"])
    assert.deepEqual(await stream.texts({ limit: 0 }), [])
  }),
  eventCase("what follows any place can be read, and the one that is kept stays", async (stream) => {
    const [first, second] = [await stream.publish("a"), await stream.publish("b"), await stream.publish("c")]
    await stream.read()
    assert.deepEqual(await stream.texts({ reached: first, after: second }), ["c"])
    assert.deepEqual((await stream.read({ after: second })).position, first)
    assert.deepEqual(await stream.texts(), ["b", "c"])
  }),
  eventCase("each reader has a place of its own, which outlives the process that reads for it", async (stream) => {
    const place = await stream.publish("a")
    await stream.publish("b")
    await stream.read()
    await stream.read({ reached: place, leaseMs: 0, limit: 0 })
    assert.deepEqual(await stream.texts({ token: elsewhere }), ["b"])
    assert.deepEqual((await stream.read({ token: elsewhere })).position, place)
    assert.deepEqual(await stream.texts({ reader: "two" }), ["a", "b"])
  }),
  eventCase("one reads for a reader at a time, until its lease ends", async (stream, scene) => {
    const place = await stream.publish("a")
    await stream.read({ leaseMs: 40 })
    const { events, heldForMs = 0, head, position } = await stream.read({ token: elsewhere })
    assert.deepEqual(events, [])
    assert.ok(heldForMs > 0 && heldForMs <= 40)
    assert.deepEqual([head, position], [place, undefined])
    await scene.advance(50)
    assert.deepEqual(await stream.texts({ token: elsewhere }), ["a"])
    assert.ok(((await stream.read()).heldForMs ?? 0) > 40)
  }),
  eventCase("who asks again prolongs its lease, and who gives it up is followed at once", async (stream, scene) => {
    await stream.publish("a")
    await stream.read({ leaseMs: 40 })
    await stream.read()
    await scene.advance(50)
    assert.deepEqual(await stream.texts({ token: elsewhere }), [])
    await stream.read({ leaseMs: 0, limit: 0 })
    assert.deepEqual(await stream.texts({ token: elsewhere }), ["a"])
  }),
  eventCase("who has lost its lease moves no place", async (stream, scene) => {
    const [first, second] = [await stream.publish("a"), await stream.publish("b")]
    await stream.read({ leaseMs: 20 })
    await scene.advance(30)
    await stream.read({ token: elsewhere, leaseMs: 20 })
    await stream.read({ token: elsewhere, leaseMs: 20, reached: first })
    await scene.advance(30)
    assert.deepEqual((await stream.read({ reached: second })).position, first)
  }),
  eventCase("an evicted place is unknown, and an evicted head begins a new era", async (stream) => {
    const place = await stream.publish("a")
    await stream.read()
    await stream.read({ reached: place })
    await stream.evict(stream.address.head)
    const { head, position, events } = await stream.read()
    assert.deepEqual(position, place)
    assert.deepEqual(events, [])
    assert.notEqual(head.era, place.era)
    assert.deepEqual([head.count, head.id], [0, place.id])
    const next = await stream.publish("b")
    assert.deepEqual([next.era, next.count], [head.era, 1])
    await stream.evict(stream.address.reader("one"))
    assert.equal((await stream.read()).position, undefined)
  }),
  eventCase(
    "a stream that was lost and has gone back is read from its beginning, and one that has not is not",
    async (stream) => {
      const place = await stream.publish("a")
      await stream.read()
      await stream.evict(stream.address.head)
      await stream.read({ reached: { ...place, id: "9999999999999-0" } })
      assert.deepEqual(await stream.texts(), ["a"])
      await stream.publish("b")
      assert.deepEqual(await stream.texts({ after: place }), ["b"])
      assert.deepEqual(await stream.texts(), ["a", "b"])
    },
  ),
  eventCase("an evicted stream goes on counting", async (stream) => {
    const place = await stream.publish("a")
    await stream.evict(stream.address.key)
    const next = await stream.publish("b")
    assert.deepEqual([next.era, next.count], [place.era, 2])
    assert.deepEqual(
      (await stream.read()).events.map(({ position }) => position),
      [next],
    )
  }),
  eventCase("what is older than the retention goes, and so does what is too much", async (stream, scene) => {
    const { events } = scene.store
    const few = { keepMs: longMs, maxEvents: 100 }
    for (let n = 0; n < 400; n += 1) await events?.publish(stream.address, { id: here, data: `${n}` }, few)
    const kept = (await stream.read({ limit: 1000 })).events
    assert.ok(kept.length >= 100 && kept.length < 400, `${kept.length} are kept`)
    assert.equal(kept.at(-1)?.data.toString(), "399")
  }),
  eventCase("readers are told of what is published and of leases that are given up", async (stream, scene) => {
    const heard = new Set<EventNews>()
    const end = stream.onNews((news) => void heard.add(news))
    // A subscription needs a moment.
    for (let turn = 0; turn < 100 && heard.size === 0; turn += 1) {
      await stream.publish("a")
      await scene.advance(10)
    }
    assert.deepEqual([...heard], ["published"])
    await stream.read()
    await stream.read({ leaseMs: 0 })
    await scene.until(() => heard.has("free"))
    end()
  }),
  eventCase("scripts that were forgotten are sent again", async (stream, scene) => {
    await stream.publish("a")
    await scene.subject.forgetScripts()
    await stream.publish("b")
    await scene.subject.forgetScripts()
    assert.deepEqual(await stream.texts(), ["a", "b"])
  }),
]
