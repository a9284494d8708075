import type { Chunk } from "luaparse"

/** The names that any assignment of a script gives a new value, wherever they are declared. */
export function assignedNames(chunk: Chunk): ReadonlySet<string> {
  const names = new Set<string>()
  visit(chunk, names)
  return names
}

function visit(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, names)
    return
  }
  if (typeof node !== "object" || node === null) return
  const { type, variables } = node as { type?: string; variables?: { type: string; name?: string }[] }
  if (type === "AssignmentStatement") for (const { name } of variables ?? []) if (name !== undefined) names.add(name)
  for (const each of Object.values(node)) visit(each, names)
}
