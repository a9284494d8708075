import type { RedisConnection } from "../../../contracts/redis-connection.ts"

/**
 * Tells every process to drop its copies of a cache, or of all. It is published on every primary: whoever takes one of them for a witness
 * hears it from that one, in order with what else was published there.
 */
export async function dropCopies(
  connection: RedisConnection,
  channel: string,
  cache: string | undefined,
): Promise<void> {
  const message = `c${cache ?? ""}`
  await Promise.all(connection.servers().map((server) => server.command(["PUBLISH", channel, message])))
}
