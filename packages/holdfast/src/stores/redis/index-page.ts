import type { RedisReply } from "../../contracts/redis-client.ts"
import type { IndexPage, ListedEntry } from "../../contracts/tag-index-store.ts"

const birthText = /^#(\d+) (\S*) ([0-9a-f]+)$/

/**
 * The answer of `list-tag`; undefined if it is none.
 *
 * @param run of the server that gave it: an index that was left by another run may have lost something
 */
export function readIndexPage(reply: RedisReply, run: string | undefined): IndexPage | undefined {
  if (!Array.isArray(reply)) return undefined
  const [nowMs, birth, ...rest] = reply as readonly RedisReply[]
  if (typeof nowMs !== "number" || !Buffer.isBuffer(birth) || rest.length % 2 !== 0) return undefined
  const entries: ListedEntry[] = []
  for (let at = 0; at < rest.length; at += 2) {
    const [key, score] = [rest[at], rest[at + 1]]
    if (!Buffer.isBuffer(key) || !Buffer.isBuffer(score)) return undefined
    entries.push({ key: key.toString(), endMs: Number(score.toString("latin1")) })
  }
  const [, atMs, bornUnder, state] = birthText.exec(birth.toString("latin1")) ?? []
  const isWhole = atMs !== undefined && bornUnder === run
  return { entries, nowMs, birth: isWhole ? { atMs: Number(atMs), name: `${atMs} ${run}` } : undefined, state }
}
