/** One replacement in a source file of the library. */
export interface Edit {
  /** From `packages/holdfast/src`; a Lua script changes with its twin and its hash. */
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
}

/** A library with one rule broken, as data: the simulator must see the difference. */
export interface Mutant extends Edit {
  /** In kebab case: what the broken library does. */
  readonly name: string
  /** The rule of `docs/protocol.md` that is broken, such as "R2". */
  readonly rule: string
  /** What goes wrong without the rule, in one sentence. */
  readonly guards: string
  /** Further edits, where another guard covers this one: only without both does anything go wrong. */
  readonly and?: readonly Edit[]
  /** The mix of faults and of work that shows it. */
  readonly mix: string
  /** Histories of that mix within which it must be found; about four times what was seen. */
  readonly within: number
}
