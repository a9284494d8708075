import type { NodeAddress, RedisReply } from "../../contracts/redis-client.ts"
import type { Random } from "../../contracts/random.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { ask } from "../ask.ts"
import type { ConnectionSettings } from "../connection-settings.ts"
import { openLink } from "../open-link.ts"
import type { Primary } from "../primary.ts"
import { asHoldfastError } from "../refusals.ts"
import { readSlotRanges, type SlotRange } from "./slot-ranges.ts"

/** Who may know the slot map. */
export interface Witnesses {
  /** Asked first: it said or was said to know best. */
  readonly first: Primary | undefined
  readonly primaries: readonly Primary[]
  readonly seeds: readonly NodeAddress[]
}

const clusterSlots = ["CLUSTER", "SLOTS"]
/** Seeds asked at once, so that one that accepts and never answers does not hold up the others. */
const seedsAtOnce = 2

/** Asks for the slot map until a server knows it: primaries one after the other over their open sockets, then the seeds. */
export async function askTopology(
  { first, primaries, seeds }: Witnesses,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<readonly SlotRange[]> {
  const known = new Set([...(first === undefined ? [] : [first]), ...shuffled(primaries, settings.random)])
  const rounds = [...known]
    .filter(({ data }) => data.generation !== undefined)
    .map((primary) => () => [askPrimary(primary, settings)])
  const doors = shuffled(seeds, settings.random)
  for (let at = 0; at < doors.length; at += seedsAtOnce) {
    rounds.push(() => doors.slice(at, at + seedsAtOnce).map((seed) => askSeed(seed, settings, signal)))
  }
  let failure: unknown
  for (const round of rounds) {
    if (signal.aborted) break
    try {
      return await Promise.any(round())
    } catch (error) {
      failure = (error as AggregateError).errors[0]
    }
  }
  throw asHoldfastError(failure)
}

async function askPrimary({ data, node }: Primary, settings: ConnectionSettings): Promise<readonly SlotRange[]> {
  return mapIn(await data.send(clusterSlots, settings.commandTimeoutMs, undefined), node)
}

async function askSeed(
  seed: NodeAddress,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<readonly SlotRange[]> {
  const options = { ...settings, node: seed, target: seed, signal }
  const { link, prepared } = await openLink(options, "data", (opened) => ask(opened, clusterSlots))
  link.destroy()
  return mapIn(prepared, seed)
}

function mapIn(reply: RedisReply, asked: NodeAddress): readonly SlotRange[] {
  const ranges = readSlotRanges(reply, asked)
  if (ranges.length > 0) return ranges
  throw new HoldfastError("STORE_UNAVAILABLE", `${asked.host}:${asked.port} knows no owner of any slot.`, {
    facts: { ...asked, reason: "the cluster has not been set up: no slot has an owner" },
  })
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  return all
    .map((each) => ({ each, rank: random.float() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ each }) => each)
}
