import type { RedisConnection } from "../../contracts/redis-connection.ts"
import type { Inspection } from "../../contracts/store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { readControlLines } from "./control-lines.ts"
import { getBytes, textOf } from "./replies.ts"

/** What the server holds of one entry, read by commands that change nothing. */
export async function inspectEntry(
  connection: RedisConnection,
  { value, control, slot }: EntryAddress,
): Promise<Inspection> {
  const [bytes, keepMs, record] = await Promise.all([
    getBytes(connection, slot, value),
    connection.command(slot, ["PTTL", value]),
    getBytes(connection, slot, control),
  ])
  return {
    bytes,
    keepMs: typeof keepMs === "number" && keepMs >= 0 ? keepMs : undefined,
    ...readControlLines(textOf(record) ?? "", connection.serverNow(slot)),
  }
}
