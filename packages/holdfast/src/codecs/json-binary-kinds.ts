import { malformed, textKind, type JsonKind } from "./json-kind.ts"

type View = NodeJS.TypedArray | DataView

/** Element types by name; the name is part of the form. All but Buffer, whose bytes are most common and need no name. */
const views: Readonly<Record<string, new (memory: ArrayBuffer) => View>> = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
}

const bufferKind = textKind<Buffer>(
  "~b",
  [Buffer.prototype],
  (buffer) => buffer.toString("base64"),
  (text) => Buffer.from(text, "base64"),
)

const arrayBufferKind = textKind<ArrayBuffer>(
  "~a",
  [ArrayBuffer.prototype],
  (buffer) => Buffer.from(buffer).toString("base64"),
  memoryOf,
)

/** Elements keep the byte order of the machine, which is little-endian wherever Node runs in practice. */
const viewKind = textKind<View>(
  "~t",
  Object.values(views).map((view) => view.prototype as object),
  (view) => `${nameOf(view)}:${Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64")}`,
  (text) => {
    const colon = text.indexOf(":")
    const name = text.slice(0, colon)
    const view = Object.hasOwn(views, name) ? views[name] : undefined
    return view === undefined ? malformed() : new view(memoryOf(text.slice(colon + 1)))
  },
)

/** Bytes, typed arrays and raw memory, as base64. */
export const binaryKinds: readonly JsonKind[] = [bufferKind, arrayBufferKind, viewKind]

/** By prototype: `constructor` could be an own property. */
function nameOf(view: object): string {
  const prototype: unknown = Object.getPrototypeOf(view)
  return Object.entries(views).find(([, known]) => known.prototype === prototype)?.[0] ?? malformed()
}

/** Memory of its own: small Buffers share a pool, at offsets that typed arrays refuse. */
function memoryOf(base64: string): ArrayBuffer {
  const bytes = Buffer.from(base64, "base64")
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
}
