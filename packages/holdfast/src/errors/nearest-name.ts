/** Short names are near to each other by chance. */
const lettersPerEdit = 2
const editsMax = 2

/** The name that somebody meant who wrote `given`: at most two letters, and half of its own, apart. Undefined: none is near. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const written = given.toLowerCase()
  const edits = names.map((name) => editsBetween(written, name.toLowerCase()))
  const fewest = Math.min(...edits)
  const isNear = fewest <= editsMax && fewest * lettersPerEdit <= given.length
  return isNear ? names[edits.indexOf(fewest)] : undefined
}

/** How many letters must be put in, taken out or replaced (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let line = 0; line < from.length; line += 1) {
    const next = [line + 1]
    for (let at = 0; at < to.length; at += 1) {
      const replaced = (row[at] as number) + (from[line] === to[at] ? 0 : 1)
      next.push(Math.min(replaced, (row[at + 1] as number) + 1, (next[at] as number) + 1))
    }
    row = next
  }
  return row[to.length] as number
}
