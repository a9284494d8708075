import { parse as parseLua } from "luaparse"
import ts from "typescript"
import { expect, test } from "vitest"
import { mutants } from "../simulation/mutants/mutants.ts"
import { readTree } from "./source-tree.ts"

const source = readTree("packages/holdfast/src")

test("no two mutants have the same name", () => {
  const names = mutants.map(({ name }) => name)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
})

test.each(mutants)("the code that this mutant breaks is where it says: $name", (mutant) => {
  const texts = new Map<string, string>()
  for (const edit of [mutant, ...(mutant.and ?? [])]) {
    const text = texts.get(edit.file) ?? source.get(edit.file) ?? ""
    expect({ file: edit.file, find: edit.find, places: text.split(edit.find).length - 1 }).toMatchObject({ places: 1 })
    texts.set(edit.file, text.split(edit.find).join(edit.replace))
  }
  for (const [file, text] of texts) expect(syntaxErrors(file, text)).toEqual([])
})

/** A mutant that is no program dies for the wrong reason. */
function syntaxErrors(file: string, text: string): readonly string[] {
  if (!file.endsWith(".lua")) {
    const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true, fileName: file })
    return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
  }
  try {
    parseLua(text, { luaVersion: "5.1" })
    return []
  } catch (error) {
    return [String(error)]
  }
}
