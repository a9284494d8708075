/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Draws from 0 to `keys` - 1, where the k-th most popular comes with weight 1 / k^alpha, and popularity says nothing of the number. */
export function zipf(keys: number, alpha: number, random: () => number): () => number {
  const upTo = new Float64Array(keys)
  let sum = 0
  for (let rank = 0; rank < keys; rank++) upTo[rank] = sum += (rank + 1) ** -alpha
  const numbers = shuffled(keys, random)
  return () => numbers[firstAbove(upTo, random() * sum)] as number
}

function shuffled(length: number, random: () => number): Uint32Array {
  const numbers = Uint32Array.from({ length }, (_, n) => n)
  for (let left = length; left > 1; left--) {
    const at = Math.floor(random() * left)
    const taken = numbers[at] as number
    numbers[at] = numbers[left - 1] as number
    numbers[left - 1] = taken
  }
  return numbers
}

/** The first place whose value is above `bound`; the last one if there is none. */
function firstAbove(rising: Float64Array, bound: number): number {
  let [low, high] = [0, rising.length - 1]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rising[middle] as number) > bound) high = middle
    else low = middle + 1
  }
  return low
}
