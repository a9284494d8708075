import { posix } from "node:path"
import ts from "typescript"

/** One import, re-export or dynamic import of a file. */
export interface Import {
  readonly from: string
  /** The names are types only, so nothing of it is left at run time. */
  readonly typeOnly: boolean
}

export const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)

/** Visits every node below a node. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

/** Everything a file imports, wherever in the file and in whatever form. */
export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = []
  walk(parse(path, text), (node) => {
    const one = asImport(node)
    if (one !== undefined) found.push(one)
  })
  return found
}

function asImport(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) {
    return {
      from: literal(node.moduleSpecifier),
      typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
    }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { from: literal(node.moduleSpecifier), typeOnly: node.isTypeOnly }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { from: literal(node.argument.literal), typeOnly: true }
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { from: node.arguments[0] === undefined ? "" : literal(node.arguments[0]), typeOnly: false }
  }
  return undefined
}

const literal = (node: ts.Node): string => (ts.isStringLiteralLike(node) ? node.text : "(computed)")

/** Where a relative import of a file leads, as a path of the same tree. */
export const resolveFrom = (path: string, from: string): string => posix.join(posix.dirname(path), from)
