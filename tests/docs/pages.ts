import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** One Markdown page of the repository. */
export interface Page {
  /** Below the top folder, with `/` between the parts. */
  readonly path: string
  readonly text: string
}

export const repository: string = join(dirname(fileURLToPath(import.meta.url)), "..", "..")

/** Pages that Markdown's own rules apply to: those at the top and everything below `docs`. */
export function readPages(): readonly Page[] {
  const top = readdirSync(repository).filter((file) => file.endsWith(".md"))
  const below = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
  return [...top, ...below].toSorted().map(readPage)
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(repository, path), "utf8") }
}
