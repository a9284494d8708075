import type { Page } from "./pages.ts"

/** The TypeScript of a page that stands together: a block that begins with an import, and the blocks after it. */
export interface PageModule {
  readonly path: string
  /** As many lines as the page, so that the compiler's line is the page's line. */
  readonly source: string
}

/** What a page takes for granted, such as `declare const db: Database`: `<!-- given` up to `-->`, seen by compilers only. */
const givenStart = "<!-- given"

/** The modules of a page. Every module sees what the page takes for granted, and exports nothing. */
export function modulesOf({ path, text }: Page): PageModule[] {
  const lines = text.split("\n")
  const given = lines.map(() => "")
  const modules: string[][] = []
  let inside: "prose" | "given" | "typescript" | "other" = "prose"
  for (const [at, line] of lines.entries()) {
    if (inside === "prose") {
      inside = opened(line)
      if (inside === "typescript" && startsModule(lines[at + 1]) && hasCode(modules.at(-1))) modules.push(blank(lines))
      if (inside === "typescript" && modules.length === 0) modules.push(blank(lines))
    } else if (inside === "given" ? line === "-->" : line === "```") inside = "prose"
    else if (inside === "given") given[at] = line
    else if (inside === "typescript") modules.at(-1)![at] = line
  }
  return modules.map((module) => ({
    path,
    source: `${module.map((line, at) => given[at] || line).join("\n")}\nexport {}\n`,
  }))
}

function opened(line: string): "prose" | "given" | "typescript" | "other" {
  if (line === givenStart) return "given"
  if (/^```(ts|typescript)\b/.test(line)) return "typescript"
  return line.startsWith("```") ? "other" : "prose"
}

const startsModule = (line: string | undefined): boolean => line?.startsWith("import ") === true
const hasCode = (module: readonly string[] | undefined): boolean => module?.some((line) => line !== "") === true
const blank = (lines: readonly string[]): string[] => lines.map(() => "")
