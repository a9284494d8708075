import ts from "typescript"
import type { Hole } from "../holes/hole.ts"
import { parse, walk } from "./imports.ts"
import type { SourceTree } from "./source-tree.ts"

/** A test that shows something of a hole, as it stands in a file. */
interface Showing {
  readonly file: string
  readonly id: string
  readonly claim: string
  /** It names a test that runs. */
  readonly isRun: boolean
}

/**
 * What is wrong between the failure table and the tests, one line each.
 *
 * @param tests files by their path below `tests`
 */
export function tableComplaints(table: Readonly<Record<string, Hole>>, tests: SourceTree): string[] {
  const showings = [...tests].filter(([path]) => path.endsWith(".test.ts")).flatMap(([path, text]) => found(path, text))
  const claims = Object.entries(table).flatMap(([id, { shown }]) =>
    Object.entries(shown).flatMap(([file, names]) => names.map((claim) => ({ file, id, claim }))),
  )
  return [
    ...gaps(Object.keys(table)),
    ...Object.entries(table).flatMap(([id, { is, shown }]) =>
      is !== "not built yet" && Object.keys(shown).length === 0 ? [`${id} is ${is}, and no test shows it`] : [],
    ),
    ...claims.flatMap((claim) => missing(claim, showings)),
    ...showings.flatMap((showing) => stray(showing, claims)),
  ]
}

function gaps(ids: readonly string[]): string[] {
  const wanted = ids.map((_, at) => `H${at + 1}`)
  return wanted.filter((id) => !ids.includes(id)).map((id) => `there is no row ${id}`)
}

type Claimed = Pick<Showing, "file" | "id" | "claim">

const isSame = (one: Claimed, other: Claimed): boolean =>
  one.file === other.file && one.id === other.id && one.claim === other.claim

function missing(claim: Claimed, showings: readonly Showing[]): string[] {
  const tests = showings.filter((showing) => isSame(showing, claim))
  const where = `${claim.file}: ${claim.id}: ${claim.claim}`
  if (tests.length === 1) return tests[0]?.isRun === true ? [] : [`${where}: is the name of no test that runs`]
  return [`${where}: ${tests.length === 0 ? "there is no such test" : "there are several such tests"}`]
}

function stray(showing: Showing, claims: readonly Claimed[]): string[] {
  if (claims.some((claim) => isSame(showing, claim))) return []
  return [`${showing.file}: ${showing.id}: ${showing.claim}: the row does not name this test`]
}

/** Every call of `shows` in a file. */
function found(file: string, text: string): Showing[] {
  const showings: Showing[] = []
  walk(parse(file, text), (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== "shows") return
    const [id, claim] = node.arguments.map((each) => (ts.isStringLiteralLike(each) ? each.text : "(computed)"))
    showings.push({ file, id: id ?? "", claim: claim ?? "", isRun: namesATest(node) })
  })
  return showings
}

/** It is the first argument of `test`, `test.each(...)` or `test.for(...)`, or in a template that is. */
function namesATest(node: ts.Node): boolean {
  const name = ts.isTemplateSpan(node.parent) ? node.parent.parent : node
  const { parent } = name
  return (
    ts.isCallExpression(parent) &&
    parent.arguments[0] === name &&
    /^test(\.(each|for)\(.*\))?$/s.test(parent.expression.getText())
  )
}
