import type * as ast from "luaparse"
import { constants, libraries, singles } from "./globals.ts"
import { baseLibrary } from "./base-library.ts"
import { LuaNotModelled } from "./lua-error.ts"
import type { Scope } from "./scope.ts"

type Call = ast.CallExpression | ast.TableCallExpression | ast.StringCallExpression

const operators: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "modulo",
  "^": "power",
  "..": "concatenate",
}

/** Writes expressions as JavaScript. */
export abstract class ExpressionWriter {
  /** The names of the runtime that were written. */
  readonly used = new Set<string>()
  readonly #inParentheses: ReadonlySet<ast.Node>

  /** @param inParentheses the calls that do so to leave one value */
  constructor(inParentheses: ReadonlySet<ast.Node>) {
    this.#inParentheses = inParentheses
  }

  /** A function's parameters and body; a statement, really. */
  protected abstract functionText(node: ast.FunctionDeclaration, scope: Scope): string

  protected use(name: string): string {
    this.used.add(name)
    return name
  }

  /** As one value. */
  one(node: ast.Expression, scope: Scope): string {
    if (!isCall(node) && node.type !== "VarargLiteral") return this.#single(node, scope)
    const { text, isSingle } = this.#multi(node, scope)
    return isSingle ? text : `${this.use("first")}(${text})`
  }

  /** As what a function may return. */
  result(nodes: readonly ast.Expression[], scope: Scope): string {
    const [only] = nodes
    if (only === undefined) return this.use("nothing")
    if (nodes.length === 1) return this.#isMulti(only) ? this.#multi(only, scope).text : this.one(only, scope)
    return `[${this.list(nodes, scope)}]`
  }

  /** As the inside of an array or of the parentheses of a call: the last one may give several. */
  list(nodes: readonly ast.Expression[], scope: Scope): string {
    return nodes
      .map((node, at) => {
        if (at < nodes.length - 1 || !this.#isMulti(node)) return this.one(node, scope)
        const { text, isSingle } = this.#multi(node, scope)
        return isSingle ? text : `...${this.use("all")}(${text})`
      })
      .join(", ")
  }

  /** As a condition of JavaScript. */
  condition(node: ast.Expression, scope: Scope): string {
    if (node.type === "LogicalExpression") {
      const operator = node.operator === "and" ? "&&" : "||"
      return `(${this.condition(node.left, scope)} ${operator} ${this.condition(node.right, scope)})`
    }
    if (node.type === "UnaryExpression" && node.operator === "not") return `!${this.condition(node.argument, scope)}`
    return isBoolean(node) ? this.one(node, scope) : `${this.use("isTrue")}(${this.one(node, scope)})`
  }

  #single(node: ast.Expression, scope: Scope): string {
    switch (node.type) {
      case "NilLiteral":
        return "undefined"
      case "BooleanLiteral":
        return String(node.value)
      case "NumericLiteral":
        return String(node.value)
      case "StringLiteral":
        return JSON.stringify(node.value)
      case "Identifier":
        return this.#name(node.name, scope)
      case "FunctionDeclaration":
        return `(${this.functionText(node, scope)})`
      case "TableConstructorExpression":
        return this.#table(node, scope)
      case "LogicalExpression":
        return this.#logical(node, scope)
      case "UnaryExpression":
        return this.#unary(node, scope)
      case "BinaryExpression":
        return this.#binary(node, scope)
      case "MemberExpression":
        return this.#member(node, scope)
      case "IndexExpression":
        return `${this.use("index")}(${this.one(node.base, scope)}, ${this.one(node.index, scope)})`
      default:
        throw new LuaNotModelled(node.type)
    }
  }

  #name(name: string, scope: Scope): string {
    const variable = scope.find(name)
    if (variable !== undefined) return variable.js
    if (name === "KEYS" || name === "ARGV") return name
    if (Object.hasOwn(baseLibrary, name)) return this.use(`base_${name}`)
    throw new LuaNotModelled(`the global ${name}`)
  }

  /** What a global library holds: undefined if the base is none. */
  #libraryMember(node: ast.Expression, scope: Scope): string | undefined {
    if (node.type !== "MemberExpression" || node.indexer !== "." || node.base.type !== "Identifier") return undefined
    const library = node.base.name
    if (scope.find(library) !== undefined || !Object.hasOwn(libraries, library)) return undefined
    const name = node.identifier.name
    const constant = constants[`${library}.${name}`]
    if (constant !== undefined) return constant
    if (library === "redis" && (name === "call" || name === "pcall")) return `((...args) => host.${name}(args))`
    if (Object.hasOwn(libraries[library] ?? {}, name)) return this.use(`${library}_${name}`)
    throw new LuaNotModelled(`${library}.${name}`)
  }

  #member(node: ast.MemberExpression, scope: Scope): string {
    const member = this.#libraryMember(node, scope)
    if (member !== undefined) return member
    return `${this.use("index")}(${this.one(node.base, scope)}, ${JSON.stringify(node.identifier.name)})`
  }

  #logical({ left, operator, right }: ast.LogicalExpression, scope: Scope): string {
    const kept = this.one(left, scope)
    if (isBoolean(left)) return `(${kept} ${operator === "and" ? "&&" : "||"} ${this.one(right, scope)})`
    const name = scope.frame.temporary()
    const other = this.one(right, scope)
    const isFalse = `(${name} = ${kept}) === undefined || ${name} === false`
    return operator === "and" ? `(${isFalse} ? ${name} : ${other})` : `(${isFalse} ? ${other} : ${name})`
  }

  #unary({ operator, argument }: ast.UnaryExpression, scope: Scope): string {
    if (operator === "not") return `!${this.condition(argument, scope)}`
    if (operator === "#") return `${this.use("length")}(${this.one(argument, scope)})`
    if (operator === "-") return `${this.use("negate")}(${this.one(argument, scope)})`
    throw new LuaNotModelled(`the operator ${operator}`)
  }

  #binary({ left, operator, right }: ast.BinaryExpression, scope: Scope): string {
    const [one, other] = [this.one(left, scope), this.one(right, scope)]
    const name = operators[operator]
    if (name !== undefined) return `${this.use(name)}(${one}, ${other})`
    switch (operator) {
      case "==":
        return `(${one} === ${other})`
      case "~=":
        return `(${one} !== ${other})`
      case "<":
        return `${this.use("less")}(${one}, ${other})`
      case "<=":
        return `${this.use("lessOrEqual")}(${one}, ${other})`
      case ">":
        return `${this.use("greater")}(${one}, ${other})`
      case ">=":
        return `${this.use("greaterOrEqual")}(${one}, ${other})`
      default:
        throw new LuaNotModelled(`the operator ${operator}`)
    }
  }

  #table({ fields }: ast.TableConstructorExpression, scope: Scope): string {
    const listed = fields.filter((field) => field.type === "TableValue").map(({ value }) => value)
    if (fields.length === 0) return `new ${this.use("LuaTable")}()`
    if (listed.length === fields.length) return `${this.use("LuaTable")}.of([${this.list(listed, scope)}])`
    if (fields.every((field) => field.type === "TableKeyString")) {
      const parts = fields.map(({ key, value }) => `${JSON.stringify(key.name)}, ${this.one(value, scope)}`)
      return `${this.use("LuaTable")}.fields(${parts.join(", ")})`
    }
    if (listed.length > 0 && fields.some(({ type }) => type === "TableKey")) {
      throw new LuaNotModelled("a constructor with a list and computed keys")
    }
    const last = fields.at(-1)
    const rest = last?.type === "TableValue" && this.#isMulti(last.value) ? last.value : undefined
    let position = 0
    const entries = (rest === undefined ? fields : fields.slice(0, -1)).map((field) => {
      const value = this.one(field.value, scope)
      if (field.type === "TableKeyString") return `[${JSON.stringify(field.key.name)}, ${value}]`
      return field.type === "TableKey" ? `[${this.one(field.key, scope)}, ${value}]` : `[${++position}, ${value}]`
    })
    const more = rest === undefined ? "" : `, ${this.use("all")}(${this.#multi(rest, scope).text}), ${position + 1}`
    return `${this.use("LuaTable")}.named([${entries.join(", ")}]${more})`
  }

  /** Whether it may give another number of values than one. */
  #isMulti(node: ast.Expression): node is Call | ast.VarargLiteral {
    return (isCall(node) || node.type === "VarargLiteral") && !this.#inParentheses.has(node)
  }

  #multi(node: Call | ast.VarargLiteral, scope: Scope): { text: string; isSingle: boolean } {
    if (node.type === "VarargLiteral") {
      if (!scope.frame.hasVarargs) throw new LuaNotModelled("... outside a function")
      return { text: "varargs", isSingle: false }
    }
    const args = this.list(argumentsOf(node), scope)
    const { base } = node
    if (base.type === "MemberExpression" && base.indexer === ":") {
      const object = this.one(base.base, scope)
      return {
        text: `${this.use("callMethod")}(${object}, ${JSON.stringify(base.identifier.name)}, [${args}])`,
        isSingle: false,
      }
    }
    const member = this.#libraryMember(base, scope)
    const hostCall = member === undefined ? undefined : /host\.p?call/.exec(member)?.[0]
    if (hostCall !== undefined) return { text: `${hostCall}([${args}])`, isSingle: true }
    const called = member ?? this.one(base, scope)
    const isKnown = base.type === "Identifier" && scope.find(base.name)?.isFunction === true
    if (isKnown || this.used.has(called)) return { text: `${called}(${args})`, isSingle: singles.has(called) }
    return { text: `${this.use("callable")}(${called})(${args})`, isSingle: false }
  }
}

function argumentsOf(node: Call): readonly ast.Expression[] {
  if (node.type === "CallExpression") return node.arguments
  return [node.type === "StringCallExpression" ? node.argument : node.arguments]
}

function isCall(node: ast.Expression): node is Call {
  return /^(?:String|Table)?CallExpression$/.test(node.type)
}

const comparisons: ReadonlySet<string> = new Set(["==", "~=", "<", "<=", ">", ">="])

function isBoolean(node: ast.Expression): boolean {
  if (node.type === "BinaryExpression") return comparisons.has(node.operator)
  if (node.type === "UnaryExpression") return node.operator === "not"
  if (node.type === "LogicalExpression") return isBoolean(node.left) && isBoolean(node.right)
  return node.type === "BooleanLiteral"
}
