import { createHoldfast, glob } from "holdfast"
import { createClient } from "redis"
import { clientOf, names, type Place } from "./place.ts"

/** Passes by all keys once, and answers how many there were. */
export type Sweep = () => Promise<number>

/** Who is measured in sweeps. `peer` is the candidate that its ratio is taken against. */
export interface Sweeper {
  readonly id: string
  readonly peer: string | undefined
  open(place: Place): Promise<{ readonly sweep: Sweep; close(): Promise<void> }>
}

/** Keys that one SCAN of the hand-written loop asks for. */
const count = 1000

type Client = ReturnType<typeof createClient>

/** A SCAN loop over every primary, all at one time, that does something with each page. */
async function openRaw({ urls }: Place, act: (client: Client, keys: string[]) => Promise<unknown>) {
  const clients = urls.map((url) => createClient({ url, commandOptions: { timeout: 0 } }))
  await Promise.all(clients.map((client) => client.connect()))
  const walk = async (client: Client): Promise<number> => {
    let keys = 0
    for await (const page of client.scanIterator({ MATCH: `${names.namespace}:{${names.cache}:*}`, COUNT: count })) {
      keys += page.length
      if (page.length > 0) await act(client, page)
    }
    return keys
  }
  return {
    sweep: async () => (await Promise.all(clients.map((client) => walk(client as Client)))).reduce((a, b) => a + b, 0),
    close: async () => void (await Promise.all(clients.map((client) => client.close()))),
  }
}

async function openHoldfast(place: Place, kind: "scan" | "invalidate", share: "50%" | "100%") {
  const holdfast = createHoldfast({ redis: clientOf(place), namespace: names.namespace, commandTimeout: "2s" })
  const load = async (id: number): Promise<number> => id
  const cache = holdfast.cache({ name: names.cache, ttl: "10m", local: false, load })
  while ((await holdfast.health()).status === "down") await new Promise((resolve) => setTimeout(resolve, 5))
  const scan = async (): Promise<number> => {
    let keys = 0
    const found = cache.scan({ share })
    while ((await found.next()).done !== true) keys += 1
    return keys
  }
  const invalidate = async (): Promise<number> => (await cache.invalidatePattern(glob`*`, { share })).invalidated
  return { sweep: kind === "scan" ? scan : invalidate, close: () => holdfast.close() }
}

const rawScan = "SCAN"
const rawUnlink = "SCAN + UNLINK"

export const sweepers: readonly Sweeper[] = [
  { id: rawScan, peer: undefined, open: (place) => openRaw(place, async () => {}) },
  { id: "holdfast scan", peer: rawScan, open: (place) => openHoldfast(place, "scan", "50%") },
  { id: "holdfast scan, share 100%", peer: rawScan, open: (place) => openHoldfast(place, "scan", "100%") },
  {
    id: rawUnlink,
    peer: undefined,
    open: (place) => openRaw(place, (client, keys) => Promise.all(keys.map((key) => client.unlink(key)))),
  },
  { id: "holdfast invalidatePattern", peer: rawUnlink, open: (place) => openHoldfast(place, "invalidate", "50%") },
  {
    id: "holdfast invalidatePattern, share 100%",
    peer: rawUnlink,
    open: (place) => openHoldfast(place, "invalidate", "100%"),
  },
]
