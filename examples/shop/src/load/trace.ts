import { createReadStream } from "node:fs"
import { open } from "node:fs/promises"
import { createInterface } from "node:readline"
import { createGunzip } from "node:zlib"
import { scatter } from "./zipf.ts"

/** Recorded accesses, as product ids. */
export interface Trace {
  /** In shared memory, so that the driver's thread needs no copy. */
  readonly ids: Uint32Array
  /** How many different keys were seen. */
  readonly keys: number
  /** Whether the file holds more than what was read. */
  readonly cut: boolean
}

/** Longest trace that is read. */
export const traceLimit = 5_000_000

/**
 * Reads a trace: one key per line, plain or gzip; empty lines count for nothing.
 *
 * Each key stands for one product, in the order of their first appearance. A trace with more keys than there are
 * products starts again with the first product.
 */
export async function readTrace(path: string, products: number, limit: number = traceLimit): Promise<Trace> {
  const ids = new Uint32Array(new SharedArrayBuffer(limit * 4))
  const ranks = new Map<string, number>()
  let length = 0
  let cut = false
  for await (const key of linesOf(path, await isGzip(path))) {
    if (key === "") continue
    if (length === limit) {
      cut = true
      break
    }
    const rank = ranks.get(key) ?? ranks.size + 1
    ranks.set(key, rank)
    ids[length++] = scatter(rank, products)
  }
  if (length === 0) throw new Error(`The trace ${path} holds no key.`)
  return { ids: ids.subarray(0, length), keys: ranks.size, cut }
}

/** Ids of a trace one after the other, from the start again at its end. */
export function replay(ids: Uint32Array): () => number {
  let position = 0
  return () => ids[position++ % ids.length] ?? 1
}

function linesOf(path: string, gzip: boolean): AsyncIterable<string> {
  const file = createReadStream(path)
  if (!gzip) return createInterface({ input: file, crlfDelay: Infinity })
  const plain = createGunzip()
  file.on("error", (error) => plain.destroy(error))
  return createInterface({ input: file.pipe(plain), crlfDelay: Infinity })
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}
