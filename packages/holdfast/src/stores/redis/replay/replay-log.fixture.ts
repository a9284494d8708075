import type { Invalidation, Loss } from "../../../contracts/losses.ts"
import type { HoldfastEvent } from "../../../contracts/observer.ts"
import type { RedisArgument, RedisReply } from "../../../contracts/redis-client.ts"
import type { Generation, SendOptions } from "../../../contracts/redis-connection.ts"
import { entryAddress, type EntryAddress } from "../../../entry/key.ts"
import { slotOf } from "../../../entry/slot.ts"
import { seededRandom } from "../../../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../../../testing/virtual-clock.ts"
import { aGeneration, refused } from "../redis-store.fixture.ts"
import { ReplayLog } from "./replay-log.ts"

export const half: number = 8192
const slots = Array.from({ length: 2 * half }, (_, slot) => slot)

export interface Server {
  readonly generation: Generation
  readonly data: Map<string, string>
  readonly owns: (slot: number) => boolean
}

export function server(
  port: number,
  run: string,
  more: Partial<Server> & { readonly formerReplId?: string } = {},
): Server {
  const { formerReplId = "", data = new Map<string, string>(), owns = () => true } = more
  const node = { host: "h", port }
  return { generation: { ...aGeneration(run), node, replId: `history of ${run}`, formerReplId }, data, owns }
}

interface Wishes {
  readonly isAllLost: boolean
  readonly most: number
  readonly sharesSlots: boolean
}

/** One process, with the servers that its connection leads to. */
export interface ReplayBed {
  readonly clock: VirtualClock
  readonly log: ReplayLog
  readonly losses: Loss[]
  readonly servers: Server[]
  readonly events: HoldfastEvent[]
  /** With what the server refuses the next numbers. */
  readonly refusals: string[]
  /** Numbers that were sent so far. */
  readonly sets: () => number
  /** Numbers that were asked for so far. */
  readonly asks: () => number
  /** A data socket is opened to a server. */
  readonly open: (of: Server, answer?: (args: readonly RedisArgument[]) => Promise<RedisReply>) => Promise<void>
  /** Which keys were lost by each loss. */
  readonly lost: () => string[][]
  /** @param run sends it; default: to the owner of its slot. It is sent there in any case. */
  readonly invalidate: (id: string, run?: (sending: SendOptions) => Promise<unknown>) => Promise<unknown>
}

export function bed({ isAllLost = false, most = 100, sharesSlots = true }: Partial<Wishes> = {}): ReplayBed {
  const clock = virtualClock()
  const servers: Server[] = []
  const losses: Loss[] = []
  const events: HoldfastEvent[] = []
  const refusals: string[] = []
  let sets = 0
  const asked: string[] = []
  const log = new ReplayLog({
    namespace: "shop",
    clock,
    random: seededRandom(1),
    most,
    isAllLost,
    report: (event) => void events.push(event),
  })
  const ownerOf = (slot: number): Server | undefined => servers.find(({ owns }) => owns(slot))
  const command = async (slot: number, [, key, value]: readonly RedisArgument[]): Promise<RedisReply> => {
    sets += 1
    const word = refusals.shift()
    if (word !== undefined) throw refused(word)
    ownerOf(slot)?.data.set(String(key), String(value))
    return Buffer.from("OK")
  }
  const nodes = () => servers.map(({ generation: { node }, owns }) => ({ node, slot: slots.find(owns) ?? -1 }))
  log.attach({ sharesSlots, nodes, generation: (slot: number) => ownerOf(slot)?.generation, command } as never)
  log.onLoss((loss) => losses.push(loss))
  return {
    clock,
    log,
    losses,
    servers,
    events,
    refusals,
    sets: () => sets,
    asks: () => asked.length,
    open: (of: Server, answer = askOf(of, asked)) => log.beforeUse(of.generation, answer),
    lost: () => losses.map(lossText),
    invalidate: (id, run = async () => undefined) => {
      const { address, request } = keyed(id)
      return log.acknowledged(address.slot, { address, request }, (sending) => {
        const owner = ownerOf(address.slot)
        if (owner !== undefined) sending.onSend?.(owner.generation)
        return run(sending)
      })
    },
  }
}

function lossText({ invalidations, isOpen, isAllLost }: Loss): string[] {
  return [...invalidations.map(idOf), ...(isOpen ? ["and more"] : []), ...(isAllLost ? ["and all"] : [])]
}

/** What a server answers to who asks for a number. */
function askOf({ owns, data }: Server, asked: string[]): (args: readonly RedisArgument[]) => Promise<RedisReply> {
  return async (args) => {
    const key = String(args[1])
    asked.push(key)
    if (!owns(slotOf(key))) throw refused("MOVED")
    const text = data.get(key)
    return text === undefined ? null : Buffer.from(text)
  }
}

function keyed(id: string): Extract<Invalidation, { readonly address: EntryAddress }> {
  const address = entryAddress("shop", "product", id)
  return { address, request: { mode: "drop", version: undefined, tombstoneMs: 1000, graceMs: 0 } }
}

function idOf(invalidation: Invalidation): string {
  return "address" in invalidation ? (/:(\w+)\}/.exec(invalidation.address.value)?.[1] ?? "") : invalidation.tag.key
}

/** A key in one half of the slots. */
export const lowId: string = idIn((slot) => slot < half)
export const highId: string = idIn((slot) => slot >= half)
function idIn(isIn: (slot: number) => boolean): string {
  for (let id = 0; ; id += 1) if (isIn(entryAddress("shop", "product", String(id)).slot)) return String(id)
}
