import type { DecodedKey } from "../../entry/decoded-key.ts"
import { Glob } from "../../entry/glob.ts"
import { keyMatcher, type GlobToken } from "../../entry/glob-match.ts"
import { serverGlob } from "../../entry/glob-pattern.ts"
import { storedKeyOf, type StoredKey } from "../../entry/stored-key.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"

/** Which entries a sweep is about. */
export interface KeySelection {
  readonly prefix: string
  /** For the server, which may bring more. */
  readonly pattern: string
  /** The entry that a name belongs to, if it is one of them. The name is that of its value or of its control record. */
  entryOf(name: string): StoredKey | undefined
}

const all: readonly GlobToken[] = [{ is: "any" }]

/** The entries of one cache. @param match default: all. Throws `INVALID_PATTERN` for what is no `glob`. */
export function cacheSelection(
  namespace: string,
  { name, isGrouped }: { readonly name: string; readonly isGrouped: boolean },
  match: Glob | undefined,
): KeySelection {
  const tokens = match === undefined ? all : Glob.tokensOf(match)
  const fits = keyMatcher(tokens)
  const prefix = isGrouped ? `${namespace}:{` : `${namespace}:{${name}:`
  const before = isGrouped ? `${prefix}*}:${name}:` : prefix
  return {
    prefix,
    pattern: `${before}${serverGlob(tokens)}*`,
    entryOf(text) {
      const stored = storedKeyOf(namespace, text)
      const isOurs = stored?.cache === name && stored.isGrouped === isGrouped
      return isOurs && fits(stored.key) ? stored : undefined
    },
  }
}

/** The entries of several caches. */
export interface NamespaceSelection extends KeySelection {
  hasCache(name: string): boolean
  /** Its name if it can be but one. */
  readonly onlyCache: string | undefined
}

/**
 * The entries of a namespace. What stands before the first ":" of the pattern is for the name of the cache, the rest for the key.
 *
 * Throws `INVALID_PATTERN` for a pattern without one, and for what is no `glob`.
 */
export function namespaceSelection(namespace: string, match: Glob | undefined): NamespaceSelection {
  const tokens = match === undefined ? [...all, { is: "border" } as const, ...all] : Glob.tokensOf(match)
  const at = tokens.findIndex(({ is }) => is === "border")
  if (at < 1) {
    throw new HoldfastError(
      "INVALID_PATTERN",
      'A pattern over a namespace names no cache before its first ":": write glob`product:*`.',
    )
  }
  const [first] = tokens
  const [forCache, forKey] = [tokens.slice(0, at), tokens.slice(at + 1)]
  const [fitsCache, fitsKey] = [keyMatcher(forCache), keyMatcher(forKey)]
  const hasCache = (name: string): boolean => fitsCache({ is: "text", key: name } satisfies DecodedKey)
  const prefix = `${namespace}:{`
  return {
    prefix,
    pattern: `${prefix}*${serverGlob(forCache)}:${serverGlob(forKey)}*`.replaceAll(/\*{2,}/g, "*"),
    hasCache,
    onlyCache: forCache.length === 1 && first?.is === "text" ? first.text : undefined,
    entryOf(text) {
      const stored = storedKeyOf(namespace, text)
      return stored !== undefined && hasCache(stored.cache) && fitsKey(stored.key) ? stored : undefined
    },
  }
}
