import type { Generation, RedisConnection } from "../../contracts/redis-connection.ts"
import { hasCode, HoldfastError } from "../../errors/holdfast-error.ts"

/** How often something is asked, in all, when its server changes meanwhile. */
const attempts = 4

/** Asks something of a server that it cannot be asked without naming its run: on a socket of which the run is known, and on no other. */
export async function onKnownRun<T>(
  connection: RedisConnection,
  slot: number,
  ask: (generation: Generation) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; attempt < attempts; attempt++) {
    const generation = connection.generation(slot)
    try {
      if (generation !== undefined) return await ask(generation)
      // Waits for the very first connection, and is refused where there is none.
      await connection.command(slot, ["PING"])
    } catch (error) {
      if (!hasCode(error, "GENERATION_CHANGED")) throw error
    }
  }
  const generation = connection.generation(slot)
  if (generation !== undefined) return ask(generation)
  throw new HoldfastError("STORE_UNAVAILABLE", "The server of a tag or of the tag clock has no connection that stays.")
}
