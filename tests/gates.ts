/** Points where the code under test stops until the test lets it go on: what tests have instead of sleeping. */
export class Gates {
  readonly #gates = new Map<string, Gate>()

  /** Whoever passes this point from now on waits. */
  hold(point: string): void {
    this.#gate(point).held = true
  }

  /** Lets everybody go on who waits here, and nobody wait any more. */
  open(point: string): void {
    const gate = this.#gate(point)
    gate.held = false
    for (const go of gate.waiting.splice(0)) go()
  }

  /** Resolves when somebody waits at this point. */
  async reached(point: string): Promise<void> {
    const gate = this.#gate(point)
    if (gate.waiting.length === 0) await new Promise<void>((resolve) => gate.watching.push(resolve))
  }

  /** Called by the code under test. */
  async pass(point: string): Promise<void> {
    const gate = this.#gate(point)
    if (!gate.held) return
    const opened = new Promise<void>((resolve) => gate.waiting.push(resolve))
    for (const tell of gate.watching.splice(0)) tell()
    await opened
  }

  #gate(point: string): Gate {
    const known = this.#gates.get(point)
    if (known !== undefined) return known
    const made: Gate = { held: false, waiting: [], watching: [] }
    this.#gates.set(point, made)
    return made
  }
}

interface Gate {
  held: boolean
  readonly waiting: (() => void)[]
  readonly watching: (() => void)[]
}
