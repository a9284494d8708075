import { expect, test } from "vitest"
import { entryAddress } from "../entry/key.ts"
import { deferred } from "../internal/deferred.ts"
import { LoadBatch } from "./load-batch.ts"
import type { LoadManyRequest, LoadRequest } from "./source-loader.ts"

test("whoever gives a load up twice has given it up once", async () => {
  let aborted = false
  const source = {
    loadMany: ({ onStart }: LoadManyRequest<string>) => {
      onStart(() => {
        aborted = true
      })
      return deferred<never>().promise
    },
  }
  const giveUps: (() => void)[] = []
  const requests = ["a", "b"].map((key): LoadRequest<string> => {
    const address = entryAddress("test", "item", key)
    return { key, address, reason: "miss", previous: undefined, onStart: (abort) => giveUps.push(abort) }
  })
  const batch = new LoadBatch<string, number>(
    source as never,
    requests.map(({ address }) => address.value),
  )
  const outcomes = Promise.allSettled(requests.map((request) => batch.load(request)))
  giveUps[0]?.()
  giveUps[0]?.()
  expect(aborted).toBe(false)
  giveUps[1]?.()
  expect(aborted).toBe(true)
  expect(await outcomes).toMatchObject([{ reason: { name: "AbortError" } }, { reason: { name: "AbortError" } }])
})
