/** What is stored under a key: a text of 200 bytes, or a small object. */
export type Row = "text" | "object"

/** Below 13 characters, of which V8 makes a text at once; longer ones would stay two texts that are joined when they are read. */
export const keyOf = (n: number): string => `sku-${n}`

/** Made of text each time, as what comes from a store is: no two values share memory. */
export function rowOf(kind: Row, n: number): unknown {
  if (kind === "text") return Buffer.alloc(200, `text ${n} `).toString("latin1")
  return JSON.parse(`{"id":${n},"name":"Product number ${n}","tags":["new","sale"],"price":${n + 0.5}}`) as unknown
}
