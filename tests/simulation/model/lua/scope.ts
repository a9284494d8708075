/** A local variable and what it is called in JavaScript. */
export interface Variable {
  readonly js: string
  /** Whether it is a function for good, so that it needs no check before a call. */
  readonly isFunction: boolean
}

/** What a function of the script needs besides its statements. */
export class FunctionFrame {
  readonly hasVarargs: boolean
  #temporaries = 0

  constructor(hasVarargs: boolean) {
    this.hasVarargs = hasVarargs
  }

  /** A name for a value in the middle of an expression. */
  temporary(): string {
    return `t$${++this.#temporaries}`
  }

  /** Begins the function's body. */
  declarations(): string {
    const names = Array.from({ length: this.#temporaries }, (_, at) => `t$${at + 1}`)
    return names.length === 0 ? "" : `let ${names.join(", ")};\n`
  }
}

/** The names of one script. */
export class Names {
  #given = 0

  fresh(name: string): string {
    return `${name}$v${++this.#given}`
  }
}

/** The local variables that can be seen from one block. */
export class Scope {
  readonly #parent: Scope | undefined
  readonly #variables = new Map<string, Variable>()
  readonly names: Names
  readonly frame: FunctionFrame

  constructor(names: Names, frame: FunctionFrame, parent?: Scope) {
    this.names = names
    this.frame = frame
    this.#parent = parent
  }

  block(): Scope {
    return new Scope(this.names, this.frame, this)
  }

  function(hasVarargs: boolean): Scope {
    return new Scope(this.names, new FunctionFrame(hasVarargs), this)
  }

  declare(name: string, isFunction = false): string {
    const js = this.names.fresh(name)
    this.#variables.set(name, { js, isFunction })
    return js
  }

  find(name: string): Variable | undefined {
    return this.#variables.get(name) ?? this.#parent?.find(name)
  }
}
