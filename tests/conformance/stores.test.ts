import { startRedis, type RedisProcess } from "@holdfast/servers"
import { storeConformance, type ConformanceCase, type StoreSubject } from "holdfast/testing"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientCells } from "../cells.ts"
import { memorySubject, redisSubject } from "./store-subjects.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

function rows(cases: readonly ConformanceCase[]): [string, ConformanceCase][] {
  return cases.map((each) => [each.name, each])
}

describe("the in-process store", () => {
  test.each(rows(storeConformance(async () => memorySubject())))("%s", async (_name, { run }) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

describe.each(clientCells)("the Redis store over $name", ({ name, create }) => {
  const namespace = name.replace(" ", "-")
  const open = (): Promise<StoreSubject> => redisSubject(redis, create(redis.url), namespace)
  test.concurrent.each(rows(storeConformance(open)))("%s", async (_name, { run }) => {
    await expect(run()).resolves.toBeUndefined()
  })
})
