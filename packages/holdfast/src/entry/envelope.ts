import { crc32 } from "node:zlib"
import { digestOf } from "./digest.ts"
import type { EntryAddress } from "./key.ts"
import { readTagSection, tagSectionBytes, writeTagSection, type TagStamp } from "./tag-stamp.ts"
import { readUint64, writeUint64 } from "./uint64.ts"

/*
 * Format 1, big-endian:
 *  0 "HF" | 2 format u8 | 3 flags u8 | 4 checksum u32 | 8 fresh until, ms u64 (scripts change it: not in the checksum)
 * 16 key digest 8 bytes | 24 entry id 16 bytes | 40 created, ms u64 | 48 load cost, us u32 | 52 payload length u32
 * 56 shape u32 | 60 zero u8 | 61 version length u8 | 62 tag section length u16 | 64 version, run, tag section, payload
 * Flags: 1 negative, 2 has a run, which is 8 bytes.
 * The checksum is the CRC-32 of 16..end, continued from the word at 0, so that a flag cannot flip unseen.
 */
const headerBytes = 64
const checkedFrom = 16
const magic = 0x4846
const format = 1
const negativeFlag = 1
const runFlag = 2
const knownFlags = negativeFlag | runFlag
const runBytes = 8
const uint32Max = 0xffff_ffff

/** What an envelope says about its entry. Times are store time (R9). */
export interface EnvelopeFields {
  /** The entry whose digest it carries (R8). */
  readonly address: EntryAddress
  /** 32 hex characters: the token of the lease or window that filled it. */
  readonly id: string
  /** When its load or write began to be stored, in milliseconds since the epoch. */
  readonly createdMs: number
  /** When its ttl ends, in milliseconds since the epoch. */
  readonly freshUntilMs: number
  /** How long the load took, in microseconds. */
  readonly costUs: number
  /** As of `shapeOf`. */
  readonly shape: number
  /** As of `encodeVersion`. */
  readonly version: string | undefined
  /** Absent: the entry counts as dead, because nothing tells what was invalidated since its load. */
  readonly stamp?: TagStamp | undefined
  /** Of the server that is to store it (R6), as 16 hex characters: under any other run it counts as absent. Only in strict caches. */
  readonly run?: string | undefined
  /** "Not in the source": has no payload. */
  readonly negative: boolean
}

/** What stored bytes turned out to be. */
export type Opened =
  | {
      readonly is: "entry"
      readonly negative: boolean
      readonly freshUntilMs: number
      readonly createdMs: number
      readonly costUs: number
      readonly version: string | undefined
      readonly stamp: TagStamp | undefined
      readonly run: string | undefined
      /** The bytes that were opened; the payload runs from `payloadStart` to their end. */
      readonly payload: Buffer
      readonly payloadStart: number
    }
  /** Whole, but of another key: misrouted or stored under the wrong key (R8). */
  | { readonly is: "foreign" }
  | { readonly is: "broken"; readonly why: "short" | "magic" | "format" | "length" | "checksum" }
  /** Whole and of this key, but written with another codec or shape. */
  | { readonly is: "other-shape"; readonly createdMs: number }

/** Envelope and payload in one Buffer, as it is stored. */
export function sealEnvelope(fields: EnvelopeFields, payload: string | Uint8Array | undefined): Buffer {
  const { version = "", run = "" } = fields
  const runSection = headerBytes + version.length
  const tagSection = runSection + run.length / 2
  const payloadStart = tagSection + tagSectionBytes(fields.stamp)
  const payloadBytes = payload === undefined ? 0 : Buffer.byteLength(payload)
  const bytes = Buffer.allocUnsafe(payloadStart + payloadBytes)
  bytes.writeUInt16BE(magic, 0)
  bytes[2] = format
  bytes[3] = (fields.negative ? negativeFlag : 0) | (run === "" ? 0 : runFlag)
  writeUint64(bytes, 8, fields.freshUntilMs)
  bytes.writeUInt32BE(fields.address.digestHigh, 16)
  bytes.writeUInt32BE(fields.address.digestLow, 20)
  bytes.write(fields.id, 24, 16, "hex")
  writeUint64(bytes, 40, fields.createdMs)
  bytes.writeUInt32BE(Math.min(Math.max(Math.round(fields.costUs), 0), uint32Max), 48)
  bytes.writeUInt32BE(payloadBytes, 52)
  bytes.writeUInt32BE(fields.shape, 56)
  bytes[60] = 0
  bytes[61] = version.length
  bytes.writeUInt16BE(payloadStart - tagSection, 62)
  bytes.write(version, headerBytes, "latin1")
  bytes.write(run, runSection, "hex")
  if (fields.stamp !== undefined) writeTagSection(bytes, tagSection, fields.stamp)
  if (typeof payload === "string") bytes.write(payload, payloadStart)
  else if (payload !== undefined) bytes.set(payload, payloadStart)
  bytes.writeUInt32BE(checksumOf(bytes), 4)
  return bytes
}

/** Checks stored bytes before anything is decoded, in the order: size, magic, format, lengths, checksum, key, shape. */
export function openEnvelope(bytes: Buffer, address: EntryAddress, shape: number): Opened {
  if (bytes.length < headerBytes) return { is: "broken", why: "short" }
  if (bytes.readUInt16BE(0) !== magic) return { is: "broken", why: "magic" }
  const flags = bytes[3] as number
  if (bytes[2] !== format || (flags & ~knownFlags) !== 0) return { is: "broken", why: "format" }
  const versionBytes = bytes[61] as number
  const runSection = headerBytes + versionBytes
  const tagSection = runSection + ((flags & runFlag) === 0 ? 0 : runBytes)
  const payloadStart = tagSection + bytes.readUInt16BE(62)
  if (payloadStart + bytes.readUInt32BE(52) !== bytes.length) return { is: "broken", why: "length" }
  if (checksumOf(bytes) !== bytes.readUInt32BE(4)) return { is: "broken", why: "checksum" }
  if (bytes.readUInt32BE(20) !== address.digestLow || bytes.readUInt32BE(16) !== address.digestHigh)
    return { is: "foreign" }
  const createdMs = readUint64(bytes, 40)
  if (bytes.readUInt32BE(56) !== shape) return { is: "other-shape", createdMs }
  return {
    is: "entry",
    negative: (flags & negativeFlag) !== 0,
    freshUntilMs: readUint64(bytes, 8),
    createdMs,
    costUs: bytes.readUInt32BE(48),
    version: versionBytes === 0 ? undefined : bytes.toString("latin1", headerBytes, runSection),
    run: tagSection === runSection ? undefined : bytes.toString("hex", runSection, tagSection),
    stamp: readTagSection(bytes, tagSection, payloadStart),
    payload: bytes,
    payloadStart,
  }
}

/** The id of the entry in these bytes as 32 hex characters, if they look like an envelope of this format. */
export function entryIdOf(bytes: Buffer): string | undefined {
  if (bytes.length < headerBytes || bytes.readUInt16BE(0) !== magic || bytes[2] !== format) return undefined
  return bytes.toString("hex", 24, 40)
}

/** What a store reads of an entry by itself; undefined if the bytes do not look like an envelope of this format. */
export function peekEnvelope(
  bytes: Buffer,
): { id: string; freshUntilMs: number; version: string | undefined; run: string | undefined } | undefined {
  const id = entryIdOf(bytes)
  if (id === undefined) return undefined
  const length = bytes[61] as number
  const version = bytes.toString("latin1", headerBytes, headerBytes + length)
  // A damaged length takes other bytes for a version, and a cut entry has a part of it.
  const isWhole = version.length === length && /^[\da-f]+$/.test(version)
  const runSection = headerBytes + length
  const hasRun = ((bytes[3] as number) & runFlag) !== 0
  const run = hasRun ? bytes.toString("hex", runSection, runSection + runBytes) : undefined
  return { id, freshUntilMs: readUint64(bytes, 8), version: isWhole ? version : undefined, run }
}

/** What an entry records of its tags, as far as the bytes look like an envelope of this format. */
export function peekStamp(bytes: Buffer): TagStamp | undefined {
  if (entryIdOf(bytes) === undefined) return undefined
  const from = headerBytes + (bytes[61] as number)
  const to = from + bytes.readUInt16BE(62)
  return to > bytes.length ? undefined : readTagSection(bytes, from, to)
}

/** A copy of an entry that is fresh until another time. */
export function copyFreshUntil(bytes: Buffer, freshUntilMs: number): Buffer {
  const copy = Buffer.from(bytes)
  writeUint64(copy, 8, freshUntilMs)
  return copy
}

/** The number by which entries of another codec, or of another `shape` of the same cache, are told apart. 32 bits. */
export function shapeOf(codecName: string, shape: string | undefined): number {
  return digestOf(shape === undefined ? codecName : `${codecName}\n${shape}`).low
}

function checksumOf(bytes: Buffer): number {
  return crc32(bytes.subarray(checkedFrom), bytes.readUInt32BE(0))
}
