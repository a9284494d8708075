import { expect, test } from "vitest"
import type { TagClock } from "../../contracts/tag-store.ts"
import { deferred, type Deferred } from "../../internal/deferred.ts"
import { virtualClock, type VirtualClock } from "../../testing/virtual-clock.ts"
import { KnownClock } from "./known-clock.ts"

const era = "a".repeat(32)
const otherEra = "b".repeat(32)
const at = (counter: number, of = era): TagClock => ({ era: of, counter })

interface Bed {
  readonly clock: VirtualClock
  readonly known: KnownClock
  readonly reads: Deferred<TagClock>[]
  readonly server: { fence: number; provedMs: number }
  /** Learns this time by a read. */
  learn(time: TagClock): Promise<void>
}

function bed(watched = false): Bed {
  const clock = virtualClock()
  const reads: Deferred<TagClock>[] = []
  const server = { fence: 0, provedMs: 0 }
  const readTagClock = (): Promise<TagClock> => {
    const read = deferred<TagClock>()
    reads.push(read)
    return read.promise
  }
  const known = new KnownClock({ readTagClock }, clock, () => (watched ? server : undefined))
  const learn = async (time: TagClock): Promise<void> => {
    const reading = known.get()
    reads.at(-1)?.resolve(time)
    expect(await reading).toEqual(time)
  }
  return { clock, known, reads, server, learn }
}

test("who asks while it is being read shares the read", async () => {
  const { known, reads } = bed()
  const [first, second] = [known.get(), known.get()]
  reads[0]?.resolve(at(5))
  expect([await first, await second]).toEqual([at(5), at(5)])
  expect(reads).toHaveLength(1)
  expect(known.get()).toEqual(at(5))
})

test("unwatched it is read again after a second; watched it lasts until a fence", async () => {
  const unwatched = bed()
  await unwatched.learn(at(5))
  await unwatched.clock.advance(999)
  expect(unwatched.known.known).toEqual(at(5))
  await unwatched.clock.advance(1)
  expect(unwatched.known.known).toBeUndefined()
  const watched = bed(true)
  await watched.learn(at(5))
  await watched.clock.advance(60_000)
  expect(watched.known.known).toEqual(at(5))
  watched.server.fence += 1
  expect(watched.known.known).toBeUndefined()
})

test("what was read across a fence is used once and not kept", async () => {
  const { known, reads, server } = bed(true)
  const reading = known.get()
  server.fence += 1
  reads[0]?.resolve(at(5))
  expect(await reading).toEqual(at(5))
  expect(known.known).toBeUndefined()
})

test("news raise it in its era, never lower it, make it unknown in another, and never make it known", async () => {
  const { known, learn } = bed()
  known.heard(at(9))
  expect(known.known).toBeUndefined()
  await learn(at(5))
  known.heard(at(7))
  known.heard(at(6))
  expect(known.known).toEqual(at(7))
  known.heard(at(8, otherEra))
  expect(known.known).toBeUndefined()
})

test("what was heard while it was read again is not unlearned", async () => {
  const { clock, known, reads, learn } = bed()
  await learn(at(5))
  const reading = known.readAnew()
  await clock.settle()
  known.heard(at(8))
  reads.at(-1)?.resolve(at(6))
  await reading
  expect(known.known).toEqual(at(8))
})

test("those who want it read anew share a read that is not sent yet, and none that is", async () => {
  const { clock, known, reads } = bed()
  const sharing = [known.readAnew(), known.readAnew()]
  await clock.settle()
  const later = known.readAnew()
  await clock.settle()
  expect(reads).toHaveLength(2)
  reads.forEach((read, counter) => read.resolve(at(counter)))
  expect(await Promise.all([...sharing, later])).toEqual([at(0), at(0), at(1)])
})

test("once distrusted it is read again, and a read from before is not kept", async () => {
  const { clock, known, reads, learn } = bed()
  await learn(at(5))
  const earlier = known.readAnew()
  await clock.advance(10)
  known.distrust(clock.monotonic())
  expect(known.known).toBeUndefined()
  reads.at(-1)?.resolve(at(5))
  await earlier
  expect(known.known).toBeUndefined()
  await clock.advance(10)
  await learn(at(6))
  known.distrust(clock.monotonic() - 5)
  expect(known.known).toEqual(at(6))
})

test("a read under way that is distrusted is not shared with who asks later", async () => {
  const { clock, known, reads } = bed()
  const first = known.get()
  await clock.advance(10)
  known.distrust(clock.monotonic())
  await clock.advance(10)
  const second = known.get()
  expect(reads).toHaveLength(2)
  reads[0]?.resolve(at(1))
  reads[1]?.resolve(at(2))
  expect([await first, await second]).toEqual([at(1), at(2)])
  expect(known.known).toEqual(at(2))
})

test("a failed read is not kept, and the next one tries again", async () => {
  const { known, reads, learn } = bed()
  const reading = known.get()
  reads[0]?.reject(new Error("off"))
  await expect(reading).rejects.toThrow("off")
  await learn(at(5))
  expect(reads).toHaveLength(2)
})

test("a clock that was read where another connection vouches now is read anew, although nothing was fenced", async () => {
  let server = { fence: 0, provedMs: 0 }
  const known = new KnownClock({ readTagClock: async () => at(3) }, virtualClock(), () => server)
  await known.get()
  expect(known.known).toEqual(at(3))
  server = { fence: 0, provedMs: 0 }
  expect(known.known).toBeUndefined()
})
