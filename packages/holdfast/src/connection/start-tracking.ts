import type { RedisLink, TrackedListener } from "../contracts/redis-client.ts"
import { ask } from "./ask.ts"

type TrackingLink = RedisLink & Required<Pick<RedisLink, "hearTracked">>

/** Whether the client hands on what a server tells. */
export function canHearTracked(link: RedisLink): link is TrackingLink {
  return typeof link.hearTracked === "function"
}

/**
 * Makes a link hear of every key that begins with `prefix` and is written to or goes, whoever did it (CLIENT TRACKING in broadcast
 * mode). Call it before the first subscription: a subscriber may not ask for it any more.
 *
 * The link is its own target: that is how a connection that speaks RESP2 is told. Rejects as the link does.
 */
export async function startTracking(link: TrackingLink, prefix: string, listener: TrackedListener): Promise<void> {
  const id = await ask(link, ["CLIENT", "ID"])
  await ask(link, ["CLIENT", "TRACKING", "ON", "REDIRECT", String(id), "BCAST", "PREFIX", prefix])
  try {
    await link.hearTracked(listener)
  } catch (error) {
    // Else the server would tell this link of every key for nothing.
    await ask(link, ["CLIENT", "TRACKING", "OFF"]).catch(() => {})
    throw error
  }
}
