import { spawnSync, type SpawnSyncReturns } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import ts from "typescript"
import { afterAll, beforeAll, expect, test } from "vitest"
import { modulesOf, type PageModule } from "./code-blocks.ts"
import { readPage, readPages, repository, type Page } from "./pages.ts"

/** A project outside the repository, with the packed package installed and as strict as a user's may be. */
let project: string

const compilerOptions = {
  target: "es2023",
  lib: ["es2023", "esnext.disposable"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  isolatedModules: true,
  skipLibCheck: true,
  noEmit: true,
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "holdfast-docs-"))
  const library = join(project, "node_modules", "holdfast")
  mkdirSync(library, { recursive: true })
  const npm = process.platform === "win32" ? "npm.cmd" : "npm"
  succeed(spawnSync(npm, ["pack", "--pack-destination", project], { cwd: join(repository, "packages", "holdfast") }))
  const tarball = readdirSync(project).find((file) => file.endsWith(".tgz")) as string
  succeed(spawnSync("tar", ["-xzf", join(project, tarball), "-C", library, "--strip-components=1"]))
  for (const name of ["@types", "@valkey", "ioredis", "msgpackr", "redis"]) {
    symlinkSync(join(repository, "node_modules", name), join(project, "node_modules", name), "junction")
  }
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }))
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }))
}, 60_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

test("every TypeScript block of the README and the guide compiles against the packed package", () => {
  const pages = readPages().filter(({ path }) => path === "README.md" || path.startsWith("docs/guide/"))
  const modules = pages.flatMap(modulesOf)
  expect(pages.length).toBeGreaterThan(8)
  expect(modules.length).toBeGreaterThanOrEqual(8)
  expect(compile(modules)).toEqual([])
})

test("the examples of the page on testing do what it says", () => {
  const modules = readPages()
    .filter(({ path }) => path === "docs/guide/testing.md")
    .flatMap(modulesOf)
  expect(modules).toHaveLength(2)
  for (const { source } of modules) succeed(run(source))
})

test("the start of the README does what it says, on the store in the process", () => {
  const [start] = modulesOf(readPage("README.md"))
  const ran = run(start?.source.replace("createHoldfast({ redis, ", "createHoldfast({ ") ?? "")
  succeed(ran)
  const chair = "{ id: '42', name: 'Oak chair', version: 1 }"
  expect(ran.stdout.toString()).toBe(`${chair}\n${chair}\ntrue 0.5\n`)
})

const page = (text: string): Page => ({ path: "docs/guide/planted.md", text })

const planted = [
  'createHoldfast({ name: "shop" })',
  'createHoldfast({ namespace: "shop" }).cache<string, string>({ name: "a", ttl: 60 })',
  "void aNameThatNothingDeclares",
]

test("blocks with mistakes do not compile, and the page's line is named", () => {
  const modules = planted.flatMap((code) =>
    modulesOf(
      page(`# Planted\n\n\`\`\`ts\nimport { createHoldfast } from "holdfast"\nvoid createHoldfast\n${code}\n\`\`\`\n`),
    ),
  )
  expect(modules).toHaveLength(3)
  const found = compile(modules)
  expect(found).toHaveLength(3)
  for (const line of found) expect(line).toMatch(/^docs\/guide\/planted\.md:6: error/)
})

test("blocks go on until the next import, and all of them see what the page takes for granted", () => {
  const text = [
    "<!-- given",
    "declare const id: string",
    "-->",
    "```ts",
    'import { json } from "holdfast"',
    "const codec = json()",
    "```",
    "```sh",
    "not TypeScript",
    "```",
    "```ts",
    "void [codec, id]",
    "```",
    "```ts",
    'import { text } from "holdfast"',
    "const codec = [text(), id]",
    "```",
  ].join("\n")
  const modules = modulesOf(page(text))
  expect(modules).toHaveLength(2)
  expect(compile(modules)).toEqual([])
})

/** What the compiler says about the modules, one line each, with the page and its line. */
function compile(modules: readonly PageModule[]): string[] {
  for (const file of readdirSync(project).filter((name) => name.endsWith(".ts"))) rmSync(join(project, file))
  for (const [at, { source }] of modules.entries()) writeFileSync(join(project, `module-${at}.ts`), source)
  const compiler = join(repository, "node_modules", "@typescript", "native", "bin", "tsc")
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", "."], { cwd: project, encoding: "utf8" })
  return stdout
    .split("\n")
    .filter((line) => /^\S/.test(line))
    .map((line) =>
      line.replace(
        /^module-(\d+)\.ts\((\d+),\d+\)/,
        (_, at: string, number: string) => `${modules[Number(at)]?.path}:${number}`,
      ),
    )
}

/** Runs a module in the project, with its types taken off. */
function run(source: string): SpawnSyncReturns<Buffer> {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  writeFileSync(join(project, "example.mjs"), outputText)
  return spawnSync(process.execPath, ["example.mjs"], { cwd: project })
}

function succeed({ status, stdout, stderr, error }: SpawnSyncReturns<Buffer>): void {
  if (status !== 0) throw new Error([error?.message, stdout, stderr].join("\n"))
}
