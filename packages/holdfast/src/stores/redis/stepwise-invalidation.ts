import type { RedisConnection } from "../../contracts/redis-connection.ts"
import type { InvalidateRequest } from "../../contracts/store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { invalidateControl, invalidateControlCall } from "../../scripts/generated/invalidate-control.ts"
import { invalidateValue, invalidateValueCall } from "../../scripts/generated/invalidate-value.ts"
import { changeOf } from "./change.ts"
import { textOf } from "./replies.ts"

/**
 * Invalidates by one-key scripts: control, value, publish (R2). For a slot on the move, which answers TRYAGAIN to a script
 * of two keys whenever one of them is absent; every step may follow a redirection of its own.
 */
export async function invalidateStepwise(
  connection: RedisConnection,
  { value, control, slot }: EntryAddress,
  request: InvalidateRequest,
  channel: string,
): Promise<void> {
  const { mode, graceMs, version, tombstoneMs } = changeOf(request)
  const raiseTo = (raised: string) =>
    connection.script(slot, invalidateControl, ...invalidateControlCall({ control, version: raised, tombstoneMs }))
  await raiseTo(version)
  const call = invalidateValueCall({ value, mode, graceMs })
  const dropped = textOf(await connection.script(slot, invalidateValue, ...call))
  if (dropped !== undefined && dropped > version) await raiseTo(dropped)
  await connection.command(slot, ["PUBLISH", channel, `i${value}`])
}
