import { existsSync } from "node:fs"
import { join, posix } from "node:path"
import { expect, test } from "vitest"
import { readPages, repository, type Page } from "./pages.ts"

const pages = readPages()
const textOf = new Map(pages.map(({ path, text }) => [path, text]))

test("every relative link of every page leads to a file, and to a heading where it names one", () => {
  expect(pages.length).toBeGreaterThan(20)
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(40)
  expect(pages.flatMap(brokenLinksOf)).toEqual([])
})

const planted = [
  ["a missing file", "[x](docs/guide/nowhere.md)"],
  ["a missing heading", "[x](docs/guarantees.md#nowhere)"],
  ["a missing heading of the page itself", "# Here\n\n[x](#there)"],
]

test.each(planted)("a link to %s is found", (_what, text) => {
  expect(brokenLinksOf({ path: "README.md", text })).toHaveLength(1)
})

function linksOf({ text }: Page): string[] {
  return [...text.replace(/```.*?```/gs, "").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(https?|mailto):/.test(target))
}

function brokenLinksOf(page: Page): string[] {
  return linksOf(page)
    .filter((link) => !leadsSomewhere(page, link))
    .map((link) => `${page.path}: ${link}`)
}

function leadsSomewhere(page: Page, link: string): boolean {
  const [file = "", heading] = link.split("#")
  const target = file === "" ? page.path : posix.join(posix.dirname(page.path), file)
  if (file !== "" && !existsSync(join(repository, target))) return false
  return heading === undefined || anchorsOf(file === "" ? page.text : (textOf.get(target) ?? "")).includes(heading)
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  )
}
