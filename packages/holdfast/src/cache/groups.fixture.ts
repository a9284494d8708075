import type { LoadingCacheOptions, SharedCacheOptions } from "./cache-options.ts"

export const policy = { ttl: "60s", jitter: "0%", local: false } as const

type Numbered = LoadingCacheOptions<string, string> & Pick<SharedCacheOptions<string, string>, "group">

/** Options of a cache in which "123:a" is of group "user:123", and whose values say which change of the source they are from. */
export function numbered(name: string, source: { change: number }): Numbered {
  const load = async (id: string): Promise<string> => `${id}@${source.change}`
  return { ...policy, name, load, group: (id: string) => `user:${id.split(":")[0]}` }
}
