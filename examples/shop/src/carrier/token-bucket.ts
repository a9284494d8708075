/** Allows `perSecond` calls a second on average, and `burst` at once after a quiet time. */
export function createTokenBucket(
  limit: { readonly perSecond: number; readonly burst: number },
  nowMs: () => number,
): () => boolean {
  let tokens = limit.burst
  let last = nowMs()
  return () => {
    const now = nowMs()
    tokens = Math.min(limit.burst, tokens + ((now - last) / 1000) * limit.perSecond)
    last = now
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}
