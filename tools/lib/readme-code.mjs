/**
 * The TypeScript examples of a Markdown text, each with the line on which it starts.
 *
 * A hidden comment `<!-- context ... -->` holds declarations that the examples after it stand on, such as a `db`: readers do
 * not see it, the compiler does. A block whose language is `ts sketch` shows a shape and is not compiled.
 *
 * @param {string} markdown
 * @returns {{ line: number, code: string }[]}
 */
export function codeBlocks(markdown) {
  const pieces = markdown.matchAll(/^<!-- context\n([\s\S]*?)^-->$|^```ts\n([\s\S]*?)^```$/gm)
  let context = ""
  const blocks = []
  for (const { 1: declarations, 2: code, index } of pieces) {
    if (declarations !== undefined) context += declarations
    else blocks.push({ line: markdown.slice(0, index).split("\n").length, code: `${code}\n${context}\nexport {}\n` })
  }
  return blocks
}
