/** How many slots a cluster has. */
export const slotCount = 16_384

const table = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
  return crc & 0xffff
})

/** The slot of a key: CRC16 (XMODEM) of the key, or of what the first pair of braces holds. */
export function keySlot(key: string): number {
  const open = key.indexOf("{")
  const close = open === -1 ? -1 : key.indexOf("}", open)
  const text = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (let at = 0; at < text.length; at++) {
    crc = ((crc << 8) & 0xffff) ^ (table[(crc >> 8) ^ text.charCodeAt(at)] as number)
  }
  return crc % slotCount
}
