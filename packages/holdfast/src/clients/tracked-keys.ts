/** Where a server that speaks RESP2 tells a subscriber of tracked keys. */
export const trackingChannel = "__redis__:invalidate"

/** What a message there says: keys, or nothing when the server was flushed. Whatever else it is, it may stand for any key. */
export function trackedKeys(message: unknown): readonly Buffer[] | undefined {
  return Array.isArray(message) ? (message as readonly Buffer[]) : undefined
}
