import { randomFillSync } from "node:crypto"

const tokenBytes = 16
const pool = Buffer.allocUnsafe(tokenBytes * 256)
let used = pool.length

/** The machine's randomness; satisfies `contracts/random.ts` by shape. The only file that may draw random numbers. */
export const systemRandom = {
  float(): number {
    return Math.random()
  },
  token(): string {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    used += tokenBytes
    return pool.toString("hex", used - tokenBytes, used)
  },
}
