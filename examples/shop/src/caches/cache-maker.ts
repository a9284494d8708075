import type { Holdfast } from "holdfast"

/** What the caches are made with: Holdfast, or for comparison {@link withoutCache}. */
export type CacheMaker = Pick<Holdfast, "cache">

/**
 * Caches that cache nothing: every read is a load, every write just runs. The first phase of the demo is measured with
 * them, so that both phases run the same routes and queries.
 */
export function withoutCache(): CacheMaker {
  const signal = new AbortController().signal
  const cache = (options: { name: string; load: (key: unknown, context: object) => Promise<unknown> }) => ({
    name: options.name,
    get: async (key: unknown) => (await options.load(key, { signal, key, previous: undefined, reason: "miss" })) ?? undefined,
    write: async (_key: unknown, writer: () => Promise<unknown>) => ({
      value: await writer(),
      delivered: true,
      stored: false,
    }),
    invalidate: async () => ({ delivered: true }),
  })
  // The shop calls no other method of a cache.
  return { cache } as unknown as CacheMaker
}
