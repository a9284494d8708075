import type { Act } from "./settled.ts"

/** By the first process that lives. */
export function byOne(act: Act): Act {
  return async (history, peer, key) => {
    if (peer === history.peers.find(({ process }) => !process.isDead)) await act(history, peer, key)
  }
}

/** By one process: concurrent refreshes wait for each other. */
export const refreshOne: Act = byOne(async ({ keys }, { cache }, key) => {
  await cache.refresh(keys.names[key] as string)
})
