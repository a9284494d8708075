import { seededRandom } from "holdfast/testing"

/** Random choices from a seed. */
export class Draws {
  readonly #float: () => number

  constructor(seed: number) {
    const random = seededRandom(seed)
    this.#float = () => random.float()
  }

  below(count: number): number {
    return Math.floor(this.#float() * count)
  }

  of<T>(...choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  chance(probability: number): boolean {
    return this.#float() < probability
  }

  /** One of these, each as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.#float() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, choice] of choices) {
      left -= weight
      if (left < 0) return choice
    }
    return (choices.at(-1) as readonly [number, T])[1]
  }
}
