import { posix } from "node:path"
import ts from "typescript"
import { parse, walk } from "./imports.ts"
import { isTest, type SourceTree } from "./source-tree.ts"

const linesMax = 300

/** The only files that touch the world's clock and randomness; everything else is handed a `Clock` and a `Random`. */
const doors = new Set(["internal/clock.ts", "internal/random.ts"])

/** What reads or waits for the world, and so cannot be simulated. */
const worldly = [
  /^Date\.now$/,
  /^performance\.now$/,
  /^process\.(env|hrtime)\b/,
  /^(globalThis\.)?(setTimeout|setInterval)$/,
  /^Math\.random$/,
  /^((webcrypto|globalThis\.crypto|crypto)\.)?(randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues)$/,
]
/** Waits one turn of the event loop: unit tests and the virtual clock may, so that promises settle. */
const flushing = /^(globalThis\.)?setImmediate$/
/** Unit tests may read the time, but never sleep. */
const sleeping = /^(globalThis\.)?(setTimeout|setInterval)$/

/** What the code of the library may not contain, one line each. */
export function libraryComplaints(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) => {
    if (path.endsWith(".lua")) return luaComplaints(path, text)
    return [...worldComplaints(path, text), ...innerBarrel(path)]
  })
}

/** What no source file of ours may be, in whatever workspace. */
export function fileComplaints(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) => [
    ...(/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)*$/.test(posix.basename(path))
      ? []
      : [`${path}: file names are kebab-case`]),
    ...lengthComplaints(path, text),
    ...(/\.(ts|mjs)$/.test(path) ? syntaxComplaints(path, text) : []),
  ])
}

function lengthComplaints(path: string, text: string): string[] {
  if (path.includes("/generated/")) return []
  const lines = text.trimEnd().split("\n").length
  return lines > linesMax ? [`${path}: ${lines} lines, at most ${linesMax}: it has two reasons to exist`] : []
}

function syntaxComplaints(path: string, text: string): string[] {
  const complaints: string[] = []
  walk(parse(path, text), (node) => {
    if (ts.isEnumDeclaration(node)) complaints.push(`${path}: an enum: use a union of string literals`)
    if (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name))
      complaints.push(`${path}: a namespace: use a module`)
    if (ts.isExportAssignment(node) || isDefaultModifier(node)) complaints.push(`${path}: a default export: name it`)
  })
  return isConfiguration(path) ? [] : complaints
}

/** Tools whose plug-ins and settings are default exports by their own rules. */
const isConfiguration = (path: string): boolean => path.endsWith(".config.ts") || path === "lib/vitest-reporter.mjs"

const isDefaultModifier = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)

function innerBarrel(path: string): string[] {
  const isInner = posix.basename(path) === "index.ts" && posix.dirname(path) !== "exports"
  return isInner ? [`${path}: only exports has an index.ts: import the file you mean`] : []
}

function worldComplaints(path: string, text: string): string[] {
  if (doors.has(path)) return []
  const banned = bannedIn(path)
  const complaints: string[] = []
  walk(parse(path, text), (node) => {
    const name = nameOf(node)
    if (name !== undefined && banned.some((pattern) => pattern.test(name))) {
      complaints.push(`${path}: ${name}: take it from a Clock, a Random or an option`)
    }
  })
  return complaints
}

function bannedIn(path: string): readonly RegExp[] {
  if (isTest(path)) return [sleeping]
  return path.startsWith("testing/") ? worldly : [...worldly, flushing]
}

/** The dotted name of what a node reads, if it is something of the world rather than a property or a declaration. */
function nameOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node) && /^(node:)?timers(\/promises)?$/.test(node.text)) return "setTimeout"
  if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length) return "Date.now"
  if (ts.isCallExpression(node) && node.expression.getText() === "Date") return "Date.now"
  if (ts.isPropertyAccessExpression(node)) return node.getText().replaceAll("?.", ".")
  if (!ts.isIdentifier(node)) return undefined
  if (ts.isImportSpecifier(node.parent)) return (node.parent.propertyName ?? node.parent.name).text
  return isReference(node) ? node.text : undefined
}

function isReference({ parent, text }: ts.Identifier): boolean {
  if (ts.isPropertyAccessExpression(parent)) return parent.expression.getText() === text
  const declares = "name" in parent && parent.name !== undefined && (parent.name as ts.Node).getText() === text
  return !declares && !ts.isTypeNode(parent) && !ts.isTypeQueryNode(parent)
}

/** A script says in its first lines what it is and what goes in and comes out; an include says what it is. */
function luaComplaints(path: string, text: string): string[] {
  const header = text.match(/^(--[^\n]*\n)+/)?.[0] ?? ""
  if (path.includes("includes/"))
    return header === "" ? [`${path}: the first line must be a comment that says what it is`] : []
  const name = posix.basename(path, ".lua")
  return [
    ...(header.startsWith(`-- ${name}: `) ? [] : [`${path}: must start with "-- ${name}: what it does"`]),
    ...(/^-- .*KEYS\[1\]/m.test(header) ? [] : [`${path}: the header must name its KEYS`]),
    ...(/^-- +returns\b/im.test(header) ? [] : [`${path}: the header must say what it returns`]),
  ]
}
