import type { Holdfast, WriteContext } from "holdfast"

/** What the caches are made with: Holdfast, or for comparison {@link withoutCache}. */
export type CacheMaker = Pick<Holdfast, "cache" | "invalidateTags" | "afterCommit">

interface Source {
  readonly name: string
  load(key: unknown, context: object): Promise<unknown>
  /** Answers rows. */
  loadMany?(keys: readonly unknown[], context: object): Promise<readonly unknown[]>
  keyOf?(row: unknown): unknown
}

/**
 * Caches that cache nothing: every read is a load, every write just runs. The first phase of the demo is measured with
 * them, so that both phases run the same routes and queries.
 */
export function withoutCache(): CacheMaker {
  // The shop calls no other method of a cache.
  const unit = { invalidate: () => {}, opened: async () => unbounded() }
  return {
    cache: uncached,
    invalidateTags: async () => ({ delivered: true }),
    afterCommit: async (work: (unit: unknown) => Promise<unknown>) => work(unit),
  } as unknown as CacheMaker
}

/** What a writer is told where nothing waits for it. */
function unbounded(): WriteContext {
  const { signal } = new AbortController()
  return { signal, deadline: { remainingMs: Infinity, require: () => {} } }
}

function uncached({ name, load, loadMany, keyOf }: Source) {
  return {
    name,
    async get(key: unknown) {
      const { signal } = new AbortController()
      return (await load(key, { signal, key: name, previous: undefined, reason: "miss" })) ?? undefined
    },
    async getMany(keys: readonly unknown[]) {
      const { signal } = new AbortController()
      const rows = (await loadMany?.(keys, { signal, previous: new Map(), reason: "miss" })) ?? []
      const found = new Map(rows.map((row) => [keyOf?.(row), row]))
      return keys.map((key) => found.get(key))
    },
    async write(_key: unknown, writer: (context: WriteContext) => Promise<unknown>) {
      return { value: await writer(unbounded()), delivered: true, stored: false }
    },
    async invalidate() {
      return { delivered: true }
    },
  }
}
