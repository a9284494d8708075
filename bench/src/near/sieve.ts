/** What the library's near cache evicts with. */
interface SieveTable {
  visit(key: string): number
  set(key: string, row: { value: true; standing: undefined; until: number; bytes: number }): boolean
}

type SieveModule = { readonly SieveTable: new (budgets: { maxEntries: number; maxBytes: number }) => SieveTable }

/**
 * Asks a cache of so many entries for a key, and adds what it does not hold; answers whether it did.
 *
 * It is the eviction of the near cache alone, which the package does not export: hit ratios need no promises or proofs around it.
 */
export async function openSieve(maxEntries: number): Promise<(key: string) => boolean> {
  const compiled = new URL("../../../packages/holdfast/dist/near/sieve-table.js", import.meta.url)
  const { SieveTable } = (await import(compiled.href)) as SieveModule
  const table = new SieveTable({ maxEntries, maxBytes: Infinity })
  return (key) => {
    const isHit = table.visit(key) >= 0
    if (!isHit) table.set(key, { value: true, standing: undefined, until: 0, bytes: 1 })
    return isHit
  }
}
