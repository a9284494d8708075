import { expect, test } from "vitest"
import type { Generation, SendOptions } from "../../contracts/redis-connection.ts"
import type { InvalidateRequest, Store, WindowGrant } from "../../contracts/store.ts"
import { entryAddress } from "../../entry/key.ts"
import { tagAddress } from "../../entry/tag-address.ts"
import { aGeneration, refused, storeThat } from "./redis-store.fixture.ts"
import type { ReplayLog } from "./replay/replay-log.ts"

const address = entryAddress("shop", "product", "a")
const request: InvalidateRequest = { mode: "drop", version: "v1", tombstoneMs: 1000, graceMs: 0 }
const entry = { bytes: Buffer.from("entry"), keepMs: 1000 }
const window = (generation: object): WindowGrant => ({ address, id: "id", generation: generation })

const acts: [string, (store: Store, generation: Generation) => Promise<unknown>, isOfTwoKeys: boolean][] = [
  ["invalidate", (store) => store.invalidate(address, request), true],
  ["a close", (store) => store.closeWindow(window({}), undefined, request), true],
  ["a close that stores", (store, generation) => store.closeWindow(window(generation), entry, request), true],
  ["a put", (store) => store.putVersioned(address, entry, request), true],
  ["invalidateTag", (store) => store.invalidateTag(tagAddress("shop", "t"), { era: "e", counter: 1 }), false],
]

/** A store that tells on which ports anything was executed that it remembers; `isMoving`: no script of two keys is. */
function scene(isMoving: boolean) {
  const told: number[] = []
  const acknowledged: ReplayLog["acknowledged"] = (_slot, _invalidation, run) =>
    run({ onSend: ({ node }) => void told.push(node.port) } satisfies SendOptions)
  const losses = { attach: () => {}, close: () => {}, onLoss: () => {}, acknowledged } as unknown as ReplayLog
  let port = 0
  const made = storeThat(
    ({ name }) => {
      port += 1
      made.world.generation = { ...aGeneration(), node: { host: "h", port: port + 1 } }
      const isOfTwoKeys = ["invalidate", "close-window", "put-versioned"].includes(name)
      if (isMoving && isOfTwoKeys) return refused("TRYAGAIN")
      return Buffer.from(
        name === "close-window" || name === "put-versioned" ? "stored" : isOfTwoKeys ? "invalidated" : answerOf(name),
      )
    },
    { losses },
  )
  return { ...made, told }
}

const answerOf = (name: string): string => (name === "invalidate-tag" ? "invalidated" : "")

test.each(acts)("%s is remembered for the server that it was sent to", async (_name, act) => {
  const { store, world, told } = scene(false)
  await act(store, world.generation!)
  expect(told).toEqual([1])
})

test.each(acts.filter(([, , isOfTwoKeys]) => isOfTwoKeys))(
  "%s in a slot on the move is remembered for every server that has executed a step of it",
  async (_name, act) => {
    const { store, world, names, told } = scene(true)
    await act(store, world.generation!)
    const steps = names().flatMap((name, at) => (name.startsWith("invalidate-") ? [at + 1] : []))
    expect(steps).toHaveLength(2)
    expect(told).toEqual(expect.arrayContaining(steps))
  },
)
