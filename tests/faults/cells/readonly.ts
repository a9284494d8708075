import { freePort } from "@holdfast/servers"
import { reconnects, type FaultCell } from "./fault-cell.ts"

/** A primary becomes a replica under load, and a primary again later. Its data stay: whoever read them there would read old values. */
export const demoted: FaultCell = {
  name: "READONLY: demoted",
  async break({ redis }) {
    await redis.command("REPLICAOF", "127.0.0.1", await freePort())
    return async () => void (await redis.command("REPLICAOF", "NO", "ONE"))
  },
  delivers: "none",
  health: /replica/,
  // At the first refusal, not when the role is looked at next.
  event: reconnects(/READONLY/),
  recoveryMs: 5000,
}
