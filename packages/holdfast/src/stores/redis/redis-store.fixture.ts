import type { RedisArgument, RedisReply } from "../../contracts/redis-client.ts"
import type {
  ChannelListener,
  Generation,
  RedisConnection,
  SendOptions,
  SubscriberSocket,
} from "../../contracts/redis-connection.ts"
import type { Store } from "../../contracts/store.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock } from "../../testing/virtual-clock.ts"
import { redisStore, type RedisStoreOptions } from "./redis-store.ts"

export interface Sent {
  readonly slot: number
  readonly name: string
  readonly args: readonly RedisArgument[]
  readonly options: SendOptions
}

/** A store on a connection of the test's own, and what became of it. */
export interface StoreScene {
  readonly store: Store
  readonly sent: Sent[]
  /** Of the commands and scripts that were sent. */
  readonly names: () => string[]
  readonly distrusted: unknown[]
  readonly listeners: Set<ChannelListener>
  readonly world: { generation: Generation | undefined; connecting?: Promise<Generation> }
}

/** A store on a connection that answers as told; a script is named by its own name. */
export function storeThat(
  answer: (sent: Sent) => RedisReply | HoldfastError,
  { sharesSlots = true, ...more }: { readonly sharesSlots?: boolean } & Pick<RedisStoreOptions, "losses"> = {},
): StoreScene {
  const sent: Sent[] = []
  const distrusted: unknown[] = []
  const listeners = new Set<ChannelListener>()
  const world: StoreScene["world"] = { generation: aGeneration() }
  const reply = async (one: Sent): Promise<RedisReply> => {
    sent.push(one)
    if (world.connecting !== undefined) world.generation = await world.connecting
    if (world.generation !== undefined && one.options.fresh !== true) one.options.onSend?.(world.generation)
    const given = answer(one)
    if (given instanceof HoldfastError) throw given
    return given
  }
  const connection: RedisConnection = {
    sharesSlots,
    generation: () => world.generation,
    command: (slot, [name, ...args], options = {}) => reply({ slot, name: String(name), args, options }),
    script: (slot, { name }, keys, args, options = {}) => reply({ slot, name, args: [...keys, ...args], options }),
    subscribe(_channel, listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    track: () => {},
    subscriber: () => undefined,
    outage: () => undefined,
    serverNow: () => 1000,
    distrust: (_slot, why, generation) => void distrusted.push([why, generation]),
    nodes: () => [],
    servers: () => [],
    server: () => ({ ...aSocket, generation: undefined, command: async () => null }),
    close: async () => {},
  }
  const given = { connection, namespace: "shop", clock: virtualClock(), random: seededRandom(1) }
  const store: Store = redisStore({ ...given, ...more })
  const names = (): string[] => sent.map((one) => one.name)
  return { store, sent, names, distrusted, listeners, world }
}

export function aGeneration(runId = "run"): Generation {
  return {
    node: { host: "h", port: 1 },
    runId,
    replId: "repl",
    formerReplId: "",
    role: "primary",
    server: undefined,
    features: new Set(),
    lacking: new Set(),
  }
}

export const aSocket: SubscriberSocket = {
  node: { host: "h", port: 1 },
  runId: "run",
  isLost: false,
  whyUntracked: undefined,
  onLost() {},
}

/** What the server answers with an error. */
export const refused = (reply: string): HoldfastError =>
  new HoldfastError("SERVER_REFUSED", `${reply}.`, { facts: { reply } })
