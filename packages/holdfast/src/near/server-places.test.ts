import { expect, test } from "vitest"
import type { RedisConnection, SubscriberSocket } from "../contracts/redis-connection.ts"
import { slotOf } from "../entry/slot.ts"
import { ServerPlaces } from "./server-places.ts"

const socket = {} as SubscriberSocket

function placesOf(owned: readonly number[]): ServerPlaces {
  const subscriber = (slot: number): SubscriberSocket | undefined => (owned.includes(slot) ? socket : undefined)
  return new ServerPlaces({ subscriber } as RedisConnection)
}

test("a server has a place however few slots it owns, and none once it owns nothing", () => {
  for (const slot of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const place = placesOf([slot]).of(socket)
    expect(place?.at).toBe(slot)
    expect(slotOf(place?.tag ?? "")).toBe(slot)
  }
  expect(placesOf([]).of(socket)).toBeUndefined()
})
