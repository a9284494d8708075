import type { NodeAddress, RedisReply } from "../../contracts/redis-client.ts"

/** Neighbouring slots and the primary that owns them. */
export interface SlotRange {
  readonly from: number
  /** The last one, included. */
  readonly to: number
  readonly node: NodeAddress
}

/** How many slots a cluster has. */
export const slotCount = 16_384

/**
 * Reads the reply of CLUSTER SLOTS.
 *
 * A server that does not know its own address gives none: then it is where it was asked. What cannot be read is left out, so that its
 * slots have no owner.
 *
 * @param asked where the reply comes from
 */
export function readSlotRanges(reply: RedisReply, asked: NodeAddress): readonly SlotRange[] {
  return listOf(reply).flatMap((entry) => {
    const [from, to, primary] = listOf(entry)
    const [host, port] = listOf(primary)
    const name = host === null || host === undefined ? "" : String(host)
    if (!isSlot(from) || !isSlot(to) || typeof port !== "number" || name === "?") return []
    return [{ from, to, node: { host: name === "" ? asked.host : name, port } }]
  })
}

/** Reads the address in a redirection, such as `10.0.0.1:7000`, `::1:7000` or `:7000`, which is where the redirecting server is. */
export function readAddress(text: string, asked: NodeAddress): NodeAddress {
  const at = text.lastIndexOf(":")
  const host = text.slice(0, at).replace(/^\[|\]$/g, "")
  return { host: host || asked.host, port: Number(text.slice(at + 1)) }
}

function listOf(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? (reply as readonly RedisReply[]) : []
}

function isSlot(value: RedisReply | undefined): value is number {
  return typeof value === "number" && value >= 0 && value < slotCount
}
