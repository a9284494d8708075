import type * as ast from "luaparse"
import { ExpressionWriter } from "./expression-writer.ts"
import { LuaNotModelled } from "./lua-error.ts"
import type { Scope } from "./scope.ts"

/** Writes statements as JavaScript. */
export class StatementWriter extends ExpressionWriter {
  readonly #assigned: ReadonlySet<string>

  constructor(assigned: ReadonlySet<string>, inParentheses: ReadonlySet<ast.Node>) {
    super(inParentheses)
    this.#assigned = assigned
  }

  /** A function's statements, which end with a return. */
  body(nodes: readonly ast.Statement[], scope: Scope): string {
    const text = this.#statements(nodes, scope)
    return nodes.at(-1)?.type === "ReturnStatement" ? text : `${text}return ${this.use("nothing")};\n`
  }

  protected override functionText({ parameters, body }: ast.FunctionDeclaration, outer: Scope): string {
    const scope = outer.function(parameters.some(({ type }) => type === "VarargLiteral"))
    const names = parameters.map((each) => (each.type === "Identifier" ? scope.declare(each.name) : "...varargs"))
    const text = this.body(body, scope)
    return `function (${names.join(", ")}) {\n${scope.frame.declarations()}${text}}`
  }

  #statements(nodes: readonly ast.Statement[], scope: Scope): string {
    return nodes.map((node) => `${this.#statement(node, scope)}\n`).join("")
  }

  #block(nodes: readonly ast.Statement[], scope: Scope): string {
    return `{\n${this.#statements(nodes, scope.block())}}`
  }

  #statement(node: ast.Statement, scope: Scope): string {
    switch (node.type) {
      case "LocalStatement":
        return this.#local(node, scope)
      case "AssignmentStatement":
        return this.#assignment(node, scope)
      case "CallStatement":
        return `${this.one(node.expression, scope)};`
      case "FunctionDeclaration":
        return this.#function(node, scope)
      case "ReturnStatement":
        return `return ${this.result(node.arguments, scope)};`
      case "IfStatement":
        return this.#if(node, scope)
      case "DoStatement":
        return this.#block(node.body, scope)
      case "WhileStatement":
        return `while (${this.condition(node.condition, scope)}) ${this.#block(node.body, scope)}`
      case "RepeatStatement":
        return this.#repeat(node, scope)
      case "ForNumericStatement":
        return this.#numericFor(node, scope)
      case "ForGenericStatement":
        return this.#genericFor(node, scope)
      case "BreakStatement":
        return "break;"
      default:
        throw new LuaNotModelled(node.type)
    }
  }

  #local({ variables, init }: ast.LocalStatement, scope: Scope): string {
    const [variable] = variables
    if (variables.length === 1 && variable !== undefined && init.length <= 1) {
      const value = init[0] === undefined ? "undefined" : this.one(init[0], scope)
      return `let ${scope.declare(variable.name)} = ${value};`
    }
    const values = this.#values(init, variables.length, scope)
    const names = variables.map(({ name }) => scope.declare(name))
    return `${values.text}let ${names.map((name, at) => `${name} = ${values.names[at] ?? "undefined"}`).join(", ")};`
  }

  /** Evaluates expressions in their order into temporaries, as many as are wanted. */
  #values(nodes: readonly ast.Expression[], wanted: number, scope: Scope): { text: string; names: string[] } {
    const name = scope.frame.temporary()
    const last = nodes.at(-1)
    // A single call gives its values as they are.
    const whole =
      nodes.length === 1 && last !== undefined ? `${this.use("all")}(${this.result(nodes, scope)})` : undefined
    const text = `${name} = ${whole ?? `[${this.list(nodes, scope)}]`};\n`
    return { text, names: Array.from({ length: wanted }, (_, at) => `${name}[${at}]`) }
  }

  #assignment({ variables, init }: ast.AssignmentStatement, scope: Scope): string {
    const [target] = variables
    const [value] = init
    if (variables.length === 1 && target !== undefined && init.length === 1 && value !== undefined) {
      return this.#assign(this.#target(target, scope), this.one(value, scope))
    }
    const targets = variables.map((each) => this.#evaluatedTarget(each, scope))
    const values = this.#values(init, variables.length, scope)
    const before = targets.map(({ text }) => text).join("")
    // Lua assigns from the last to the first.
    const assignments = targets
      .map(({ target }, at) => this.#assign(target, values.names[at] ?? "undefined"))
      .toReversed()
    return before + values.text + assignments.join("\n")
  }

  #target(node: ast.AssignmentStatement["variables"][number], scope: Scope): Target {
    if (node.type === "Identifier") {
      const variable = scope.find(node.name)
      if (variable === undefined) throw new LuaNotModelled(`an assignment to the global ${node.name}`)
      return { is: "variable", js: variable.js }
    }
    const key = node.type === "IndexExpression" ? this.one(node.index, scope) : JSON.stringify(node.identifier.name)
    return { is: "field", base: this.one(node.base, scope), key }
  }

  #evaluatedTarget(node: ast.AssignmentStatement["variables"][number], scope: Scope): { text: string; target: Target } {
    const target = this.#target(node, scope)
    if (target.is === "variable") return { text: "", target }
    const [base, key] = [scope.frame.temporary(), scope.frame.temporary()]
    return { text: `${base} = ${target.base}; ${key} = ${target.key};\n`, target: { is: "field", base, key } }
  }

  #assign(target: Target, value: string): string {
    if (target.is === "variable") return `${target.js} = ${value};`
    return `${this.use("setIndex")}(${target.base}, ${target.key}, ${value});`
  }

  #function(node: ast.FunctionDeclaration, scope: Scope): string {
    const { identifier, isLocal } = node
    if (!isLocal || identifier?.type !== "Identifier") throw new LuaNotModelled("a function that is not local")
    const isConstant = !this.#assigned.has(identifier.name)
    const js = scope.declare(identifier.name, isConstant)
    return `${isConstant ? "const" : "let"} ${js} = ${this.functionText(node, scope)};`
  }

  #if({ clauses }: ast.IfStatement, scope: Scope): string {
    return clauses
      .map((clause) => {
        const body = this.#block(clause.body, scope)
        return clause.type === "ElseClause" ? body : `if (${this.condition(clause.condition, scope)}) ${body}`
      })
      .join(" else ")
  }

  /** The condition sees the locals of the body. */
  #repeat({ condition, body }: ast.RepeatStatement, outer: Scope): string {
    const scope = outer.block()
    return `for (;;) {\n${this.#statements(body, scope)}if (${this.condition(condition, scope)}) break;\n}`
  }

  #numericFor({ variable, start, end, step, body }: ast.ForNumericStatement, outer: Scope): string {
    const { names } = outer
    const [counter, limit, by] = [names.fresh("counter"), names.fresh("limit"), names.fresh("step")]
    const loopNumber = this.use("loopNumber")
    const from = `${loopNumber}(${this.one(start, outer)}, "initial value")`
    const to = `${loopNumber}(${this.one(end, outer)}, "limit")`
    const change = step === null ? "1" : `${loopNumber}(${this.one(step, outer)}, "step")`
    const scope = outer.block()
    const name = scope.declare(variable.name)
    return `for (let ${counter} = ${from}, ${limit} = ${to}, ${by} = ${change}, first$ = (${counter} -= ${by}); (${counter} += ${by}, ${by} > 0 ? ${counter} <= ${limit} : ${counter} >= ${limit}); ) {
let ${name} = ${counter};
${this.#statements(body, scope)}}`
  }

  #genericFor({ variables, iterators, body }: ast.ForGenericStatement, outer: Scope): string {
    const { names } = outer
    const [state, step, control] = [names.fresh("state"), names.fresh("step"), names.fresh("control")]
    const [explist, all, callable] = [this.result(iterators, outer), this.use("all"), this.use("callable")]
    const scope = outer.block()
    const locals = variables.map(({ name }, at) => `${scope.declare(name)} = ${step}[${at}]`)
    return `for (let ${state} = ${all}(${explist}), ${control} = ${state}[2], ${step}; ; ) {
${step} = ${all}(${callable}(${state}[0])(${state}[1], ${control}));
${control} = ${step}[0];
if (${control} === undefined) break;
let ${locals.join(", ")};
${this.#statements(body, scope)}}`
  }
}

type Target =
  | { readonly is: "variable"; readonly js: string }
  | { readonly is: "field"; readonly base: string; readonly key: string }
