import type { KeySweep } from "../../contracts/key-scan.ts"

/** Names handed out at one time. */
const batchSize = 100

interface Shelf {
  keys(): readonly string[]
}

/** Hands out the names on shelves in batches. What is there throughout was there at the beginning, so these are all that is asked for. */
export async function sweepShelves(
  shelves: readonly Shelf[],
  { prefix, signal, onKeys, onProgress }: KeySweep,
  assertOpen: () => void,
): Promise<void> {
  signal.throwIfAborted()
  assertOpen()
  const names = shelves.flatMap((shelf) => shelf.keys()).filter((name) => name.startsWith(prefix))
  for (let from = 0; from < names.length; from += batchSize) {
    await onKeys(names.slice(from, from + batchSize))
    signal.throwIfAborted()
    assertOpen()
    onProgress({ servers: 1, round: 1, scans: from / batchSize + 1 })
  }
}
