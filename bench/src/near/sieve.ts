/** What the library's near cache evicts with. */
export interface Sieve {
  get(key: string): SieveNode | undefined
  set(node: SieveNode): boolean
}

export interface SieveNode {
  readonly key: string
  readonly bytes: number
  visited: boolean
}

type SieveModule = { readonly SieveMap: new (budgets: { maxEntries: number; maxBytes: number }) => Sieve }

/** Its eviction alone, which the package does not export: hit ratios need no promises, locks or proofs around it. */
export async function openSieve(maxEntries: number): Promise<Sieve> {
  const compiled = new URL("../../../packages/holdfast/dist/near/sieve-map.js", import.meta.url)
  const { SieveMap } = (await import(compiled.href)) as SieveModule
  return new SieveMap({ maxEntries, maxBytes: Infinity })
}
