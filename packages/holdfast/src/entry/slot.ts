const slotCount = 16_384
const table = crcTable()

/**
 * The hash slot of a key as Redis Cluster computes it: CRC16-XMODEM over the UTF-8 bytes of the hash tag, modulo 16384.
 * Without a non-empty `{...}` the whole key counts.
 */
export function slotOf(key: string): number {
  const open = key.indexOf("{")
  const close = open === -1 ? -1 : key.indexOf("}", open + 1)
  return close > open + 1 ? slotOfRange(key, open + 1, close) : slotOfRange(key, 0, key.length)
}

function slotOfRange(text: string, from: number, to: number): number {
  let crc = 0
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at)
    if (unit > 127) return slotOfBytes(Buffer.from(text.slice(from, to)))
    crc = next(crc, unit)
  }
  return crc % slotCount
}

function slotOfBytes(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) crc = next(crc, byte)
  return crc % slotCount
}

function next(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ (table[(crc >>> 8) ^ byte] as number)
}

function crcTable(): Uint16Array {
  const polynomial = 0x1021
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ polynomial : crc << 1
    return crc & 0xffff
  })
}
