const high32 = 0x1_0000_0000

/** Writes a whole number, big-endian in 8 bytes; below 0 counts as 0, above 2^53 - 1 as that. */
export function writeUint64(bytes: Buffer, at: number, number: number): void {
  const whole = Math.min(Math.max(Math.floor(number), 0), Number.MAX_SAFE_INTEGER)
  bytes.writeUInt32BE(Math.floor(whole / high32), at)
  bytes.writeUInt32BE(whole % high32, at + 4)
}

export function readUint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * high32 + bytes.readUInt32BE(at + 4)
}
