const indexBits = 8
const registers = 2 ** indexBits
const alpha = 0.7213 / (1 + 1.079 / registers)

/**
 * Estimates how many different hashes it was given, within 13 % in 95 of 100 cases, in 256 bytes (HyperLogLog: Flajolet, Fusy, Gandouet,
 * Meunier, AofA 2007, with linear counting for small numbers).
 */
export class DistinctCount {
  readonly #ranks = new Uint8Array(registers)

  /** @param hash 32 uniform bits */
  add(hash: number): void {
    const index = hash >>> (32 - indexBits)
    const rank = Math.clz32((hash << indexBits) | (1 << (indexBits - 1))) + 1
    if (rank > (this.#ranks[index] as number)) this.#ranks[index] = rank
  }

  get estimate(): number {
    let sum = 0
    let zeros = 0
    for (const rank of this.#ranks) {
      sum += 2 ** -rank
      if (rank === 0) zeros += 1
    }
    const raw = (alpha * registers * registers) / sum
    return Math.round(raw <= 2.5 * registers && zeros > 0 ? registers * Math.log(registers / zeros) : raw)
  }
}
