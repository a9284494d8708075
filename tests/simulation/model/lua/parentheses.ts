import type { Chunk, Comment, Node } from "luaparse"
import { LuaNotModelled } from "./lua-error.ts"

type Ranged = { readonly type: string; readonly range: readonly [number, number]; readonly arguments?: unknown }

/**
 * Finds the calls that stand in parentheses of their own, which leave one value of several. The parser drops those.
 *
 * @param chunk parsed with ranges and comments
 */
export function inParentheses(chunk: Chunk, text: string): ReadonlySet<Node> {
  const plain = (chunk.comments ?? []).reduce(blankedOut, text)
  const found = new Set<Node>()
  visit(chunk, false)
  return found

  function visit(node: unknown, isOnlyArgument: boolean): void {
    if (Array.isArray(node)) {
      for (const each of node) visit(each, isOnlyArgument)
      return
    }
    if (typeof node !== "object" || node === null) return
    const { type, range, arguments: given } = node as Ranged
    if (/CallExpression$|^VarargLiteral$/.test(type) && pairsAround(plain, range) > Number(isOnlyArgument)) {
      found.add(node as Node)
    }
    for (const each of Object.values(node)) {
      visit(each, type === "CallExpression" && each === given && Array.isArray(each) && each.length === 1)
    }
  }
}

function blankedOut(text: string, comment: Comment): string {
  const range = (comment as unknown as Ranged).range as readonly [number, number] | undefined
  if (range === undefined) throw new LuaNotModelled("a comment without a place")
  return text.slice(0, range[0]) + " ".repeat(range[1] - range[0]) + text.slice(range[1])
}

/** How many pairs of parentheses are directly around a piece of the text. */
function pairsAround(text: string, [begin, end]: readonly [number, number]): number {
  const before = /[(\s]*$/.exec(text.slice(0, begin))?.[0] ?? ""
  const after = /^[)\s]*/.exec(text.slice(end))?.[0] ?? ""
  return Math.min(before.replace(/\s/g, "").length, after.replace(/\s/g, "").length)
}
