import type { Generation, SendOptions } from "../../contracts/redis-connection.ts"

/** Bound to by a grant of a generation that was not told: it is never current, so nothing is filled under it. */
export const noGeneration = {}

/** FILL and a CLOSE with a value go out on the connection that granted them or not at all (R4). */
export function boundTo(generation: object): SendOptions {
  return { generation: generation as Generation }
}
