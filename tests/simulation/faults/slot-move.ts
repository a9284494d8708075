import { tagKeys } from "../workload/categories.ts"
import type { KeySpace } from "../workload/key-space.ts"
import type { Servers } from "../world/servers.ts"
import type { SimServer } from "../world/sim-server.ts"
import type { World } from "../world/world.ts"
import { keySlot } from "../model/key-slot.ts"
import type { FaultPlan } from "./fault-classes.ts"

interface Parts {
  readonly world: World
  readonly servers: Servers
  readonly keys: KeySpace
  /** Whether slots of tags and of their clock move, too. */
  readonly tags: boolean
  readonly listener: { moved(storeKey: string, from: SimServer, to: SimServer): void; takenBack(): void }
}

/** Moves the slot of one key to the other server while it is in use: key by key, and then for good or back again. */
export function moveSlot({ a, b }: FaultPlan, { world, servers, keys, tags, listener }: Parts): string | undefined {
  const { cluster } = servers
  const movable = [...keys.names.map((_, key) => keys.valueKeyOf(key)), ...(tags ? tagKeys : [])]
  const storeKey = movable[Math.floor(a * movable.length)] as string
  if (cluster === undefined) return undefined
  const slot = keySlot(storeKey)
  const from = servers.primaries.find(({ model }) => model === cluster.ownerOf(slot))
  const to = servers.primaries.find((server) => server !== from)
  if (from === undefined || to === undefined || cluster.moveOf(slot) !== undefined) return undefined
  const move = cluster.beginMove(slot, to.model)
  const lastsMs = 5 + b * b * 400
  const carry = (): void => {
    if (move.isForgotten) return
    const [key] = b < 0.5 ? move.keys() : move.keys().toReversed()
    if (key !== undefined && move.migrateKey(key)) listener.moved(key, from, to)
  }
  const isFinal = Math.floor(b * 16) % 4 !== 0
  for (const part of [0.3, 0.6]) world.at(lastsMs * part, undefined, carry)
  world.at(lastsMs, undefined, () => {
    if (move.isForgotten) return
    if (isFinal) for (let left = move.keys().length; left > 0; left -= 1) carry()
    const back = isFinal ? [] : [...to.model.keys()].filter((key) => keySlot(key) === slot)
    if (isFinal) move.finish()
    else move.abort()
    for (const key of back) listener.moved(key, to, from)
    if (back.length > 0) listener.takenBack()
    world.tell?.("-", `slot ${slot} belongs to ${isFinal ? to.name : from.name}`)
  })
  return `slot ${slot} from ${from.name} to ${to.name}, for ${Math.round(lastsMs)} ms`
}
