/** What is stored under a key: a text of 200 bytes, or a small object. */
export type Row = "text" | "object"

/** A colon is escaped in the key of the store. */
export type KeyHead = "sku-" | "sku:"

/** Below 13 characters, of which V8 makes a text at once; longer ones would stay two texts that are joined when they are read. */
export const keyOf = (n: number, head: KeyHead = "sku-"): string => `${head}${n}`

/** Made of text each time, as what comes from a store is: no two values share memory. */
export function rowOf(kind: Row, n: number): unknown {
  if (kind === "text") return Buffer.alloc(200, `text ${n} `).toString("latin1")
  return JSON.parse(`{"id":${n},"name":"Product number ${n}","tags":["new","sale"],"price":${n + 0.5}}`) as unknown
}
