import assert from "node:assert/strict"
import { systemRandom } from "../../internal/random.ts"
import type { StoreCase } from "./store-scene.ts"

/** Tags: who makes them, and how they are invalidated (R7). */
export const tagCases: readonly StoreCase[] = [
  {
    name: "a tag is absent until it is begun, half-made until it is completed, and then tells its clock",
    async run(scene) {
      const tag = scene.tag()
      assert.equal(await tag.state(), "absent")
      await scene.store.advanceTagClock()
      const incarnation = await tag.beginHalf()
      assert.equal(await tag.state(), "half-made")
      const clock = await scene.store.advanceTagClock()
      assert.equal(await tag.complete(incarnation, clock), "complete")
      assert.deepEqual(await tag.record(), { is: "complete", clock })
    },
  },
  {
    name: "a tag is begun under the incarnation that was asked for, and whoever comes later is told that one",
    async run(scene) {
      const tag = scene.tag()
      const incarnation = systemRandom.token()
      assert.equal(await tag.beginHalf({ incarnation }), incarnation)
      assert.equal(await tag.beginHalf(), incarnation)
      assert.equal(await tag.beginHalf({ era: systemRandom.token() }), incarnation)
      assert.equal(await tag.complete(incarnation, await scene.store.readTagClock()), "complete")
    },
  },
  {
    name: "to begin a complete tag of this era leaves it and tells its clock",
    async run(scene) {
      const tag = scene.tag()
      await scene.store.advanceTagClock()
      const clock = await tag.make()
      await scene.store.advanceTagClock()
      assert.deepEqual(await tag.begin(), { is: "complete", clock })
      assert.deepEqual(await tag.record(), { is: "complete", clock })
    },
  },
  {
    name: "to begin a complete tag of another era makes it anew",
    async run(scene) {
      const tag = scene.tag()
      await tag.make()
      await scene.forgetTagClock()
      const incarnation = systemRandom.token()
      assert.equal(await tag.beginHalf({ incarnation }), incarnation)
      assert.equal(await tag.state(), "half-made")
      const clock = await scene.store.readTagClock()
      assert.equal(await tag.complete(incarnation, clock), "complete")
      assert.deepEqual(await tag.record(), { is: "complete", clock })
    },
  },
  {
    name: "a tag is completed only under the incarnation that is there",
    async run(scene) {
      const tag = scene.tag()
      const clock = await scene.store.readTagClock()
      assert.equal(await tag.complete(systemRandom.token(), clock), "other")
      assert.equal(await tag.state(), "absent")
      const first = await tag.beginHalf()
      assert.equal(await tag.complete(systemRandom.token(), clock), "other")
      assert.equal(await tag.state(), "half-made")
      await tag.evict()
      await tag.beginHalf()
      assert.equal(await tag.complete(first, clock), "other")
      assert.equal(await tag.state(), "half-made")
    },
  },
  {
    name: "two who make a tag together both succeed, and the first clock stays",
    async run(scene) {
      const tag = scene.tag()
      const incarnation = await tag.beginHalf()
      assert.equal(await tag.beginHalf(), incarnation)
      const earlier = await scene.store.readTagClock()
      const later = await scene.store.advanceTagClock()
      assert.equal(await tag.complete(incarnation, later), "complete")
      assert.equal(await tag.complete(incarnation, earlier), "complete")
      assert.equal(await tag.state(), later.counter)
      const latest = await scene.store.advanceTagClock()
      assert.equal(await tag.complete(incarnation, latest), "complete")
      assert.equal(await tag.state(), later.counter)
      assert.equal(await tag.complete(incarnation, { ...latest, era: systemRandom.token() }), "other")
      assert.deepEqual(await tag.record(), { is: "complete", clock: later })
    },
  },
  {
    name: "an invalidation raises a tag of its era to its clock, and an older one that comes late lowers nothing",
    async run(scene) {
      const tag = scene.tag()
      await tag.make()
      const late = await scene.store.advanceTagClock()
      const clock = await tag.invalidate()
      assert.deepEqual(await tag.record(), { is: "complete", clock })
      for (const again of [late, clock]) {
        await tag.invalidate(again)
        assert.deepEqual(await tag.record(), { is: "complete", clock })
      }
    },
  },
  {
    name: "an invalidation never makes a tag",
    async run(scene) {
      const tag = scene.tag()
      await tag.invalidate()
      assert.equal(await tag.state(), "absent")
      await tag.make()
      await tag.evict()
      await tag.invalidate()
      assert.equal(await tag.state(), "absent")
    },
  },
  {
    name: "an invalidation removes a half-made tag, and who completes it late makes nothing",
    async run(scene) {
      const tag = scene.tag()
      const incarnation = await tag.beginHalf()
      const clock = await scene.store.readTagClock()
      await tag.invalidate()
      assert.equal(await tag.state(), "absent")
      assert.equal(await tag.complete(incarnation, clock), "other")
      assert.equal(await tag.state(), "absent")
    },
  },
  {
    name: "an invalidation removes a tag of another era, earlier or later",
    async run(scene) {
      const [old, young] = [scene.tag(), scene.tag()]
      const before = await old.make()
      await scene.forgetTagClock()
      await young.make()
      await old.invalidate()
      await young.invalidate({ ...before, counter: 1_000_000 })
      assert.deepEqual([await old.state(), await young.state()], ["absent", "absent"])
    },
  },
  {
    name: "a tag made after an invalidation, with the clock read before it, cannot hide it",
    async run(scene) {
      const tag = scene.tag()
      const incarnation = await tag.beginHalf()
      const clock = await scene.store.readTagClock()
      assert.equal(await tag.complete(incarnation, clock), "complete")
      const invalidated = await tag.invalidate()
      assert.equal(await tag.complete(incarnation, clock), "complete")
      assert.equal(await tag.state(), invalidated.counter)
    },
  },
  {
    name: "tags are told in the order asked for, one asked for twice is told twice, and none is nothing",
    async run(scene) {
      const [made, half, gone] = [scene.tag(), scene.tag(), scene.tag()]
      const clock = await made.make()
      await half.beginHalf()
      const asked = [gone, made, half, made, gone].map(({ address }) => address)
      assert.deepEqual(await scene.store.lookTags(asked), [
        { is: "absent" },
        { is: "complete", clock },
        { is: "half-made" },
        { is: "complete", clock },
        { is: "absent" },
      ])
      assert.deepEqual(await scene.store.lookTags([]), [])
    },
  },
  {
    name: "many tags asked for together with entries are each told as their own",
    async run(scene) {
      const tags = Array.from({ length: 70 }, () => scene.tag())
      const key = scene.key()
      await key.stock("v1")
      for (const [at, tag] of tags.entries()) {
        if (at % 2 === 0) continue
        await tag.make()
        await tag.invalidate()
      }
      const [records, text] = await Promise.all([scene.store.lookTags(tags.map(({ address }) => address)), key.text()])
      assert.equal(text, "v1")
      assert.deepEqual(
        records.map((record) => (record.is === "complete" ? record.clock.counter : record.is)),
        tags.map((_, at) => (at % 2 === 0 ? "absent" : (at + 1) / 2)),
      )
    },
  },
  {
    name: "what happens to a tag happens to no other",
    async run(scene) {
      const [one, other] = [scene.tag(), scene.tag()]
      await one.make()
      await other.make()
      const clock = await one.invalidate()
      assert.deepEqual([await one.state(), await other.state()], [clock.counter, 0])
      await one.evict()
      assert.deepEqual([await one.state(), await other.state()], ["absent", 0])
      const incarnation = await one.beginHalf()
      assert.equal(await other.complete(incarnation, clock), "other")
      assert.deepEqual([await one.state(), await other.state()], ["half-made", 0])
    },
  },
]
