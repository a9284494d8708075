import type { KeyHead, Row } from "./row.ts"

/** What is awaited over and over: which keys, of the 10,000 that are stored. */
export interface GetWorkload {
  readonly id: string
  readonly title: string
  readonly keys: "one" | "zipf"
  /** What stands before the number in a key. */
  readonly head: KeyHead
  /** The ratio that is promised. */
  readonly goal: number
}

/** What is stored, to see what an entry costs. */
export interface BytesWorkload {
  readonly id: string
  readonly title: string
  readonly value: Row
  readonly entries: number
  readonly goal: number
}

export const storedKeys = 10_000

export const getWorkloads: readonly GetWorkload[] = [
  { id: "get-one", title: "await get(k), near hits, one key", keys: "one", head: "sku-", goal: 1 },
  {
    id: "get-zipf",
    title: "await get(k), near hits, Zipf 1.0 over 10,000 keys",
    keys: "zipf",
    head: "sku-",
    goal: 1,
  },
  {
    id: "get-colon",
    title: "await get(k), near hits, Zipf 1.0 over 10,000 keys with a colon",
    keys: "zipf",
    head: "sku:",
    goal: 1,
  },
]

export const bytesWorkloads: readonly BytesWorkload[] = [
  { id: "bytes-text", title: "bytes per entry, 10,000 texts of 200 B", value: "text", entries: 10_000, goal: 1 },
  { id: "bytes-object", title: "bytes per entry, 10,000 small objects", value: "object", entries: 10_000, goal: 1 },
  {
    id: "bytes-many",
    title: "bytes per entry, 100,000 texts of 200 B",
    value: "text",
    entries: 100_000,
    goal: 1,
  },
]
export const hitRatioId = "hit-ratio"
