import type { Clock } from "holdfast"
import { entryAddress, type RedisClient, type RedisLink, type RedisReply } from "holdfast/testing"
import { allNames, cacheName, namespace } from "./key-space.ts"
import type { Policy } from "./plan.ts"
import type { Row } from "./source.ts"

interface NaiveParts {
  readonly client: RedisClient
  readonly clock: Clock
  readonly policy: Policy
  readonly load: (name: string) => Promise<Row | undefined>
}

/** Cache-aside as it is usually written: GET, else load and SET with an expiry; after a change, DEL. */
export interface NaiveCache {
  get(name: string): Promise<Row | undefined>
  refresh(name: string): Promise<Row | undefined>
  peek(name: string): Promise<Row | undefined>
  lookup(name: string): Promise<{ hit: true; value: Row | undefined } | NaiveMiss>
  write(name: string, writer: () => Promise<Row | undefined>): Promise<{ stored: boolean; delivered: boolean }>
  invalidate(name: string): Promise<{ delivered: boolean }>
  /** Without tags, whatever changes many rows drops all. */
  clear(): Promise<{ delivered: boolean }>
  put(name: string, row: Row): Promise<{ stored: boolean; delivered: boolean }>
  close(): Promise<void>
}

interface NaiveMiss {
  hit: false
  fill(row: Row | undefined): Promise<boolean>
  release(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The control: what every history must find wrong. */
export function naiveCache({ client, clock, policy, load }: NaiveParts): NaiveCache {
  let link: RedisLink | undefined
  let connecting: Promise<RedisLink> | undefined
  const connect = async (): Promise<RedisLink> => {
    connecting ??= client.connect({
      node: undefined,
      purpose: "data",
      connectTimeoutMs: 1000,
      onClose: () => {
        link = undefined
        connecting = undefined
      },
    })
    connecting.catch(() => {
      connecting = undefined
    })
    link = await connecting
    return link
  }
  const send = async (args: string[]): Promise<RedisReply> => {
    const open = link ?? (await connect())
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => reject(new Error("timeout")), policy.commandTimeoutMs)
      const end = (): void => clock.clearTimeout(timer)
      open.send(args, {
        answered: (reply) => {
          end()
          resolve(reply)
        },
        refused: (error) => {
          end()
          reject(error)
        },
      })
    })
  }
  return naiveMethods(send, load, policy, async () => link?.destroy())
}

function naiveMethods(
  send: (args: string[]) => Promise<RedisReply>,
  load: NaiveParts["load"],
  policy: Policy,
  close: () => Promise<void>,
): NaiveCache {
  const keyOf = (name: string): string => entryAddress(namespace, cacheName, name).value
  const peek = async (name: string): Promise<Row | undefined> => {
    const reply = await send(["GET", keyOf(name)]).catch(() => null)
    return Buffer.isBuffer(reply) ? (JSON.parse(reply.toString("latin1").slice(64)) as Row) : undefined
  }
  const store = async (name: string, row: Row | undefined): Promise<boolean> => {
    if (row === undefined) return false
    const entry = "\0".repeat(64) + JSON.stringify(row)
    await send(["SET", keyOf(name), entry, "PX", String(policy.ttlMs)]).catch(() => null)
    return true
  }
  const fresh = async (name: string): Promise<Row | undefined> => {
    const row = await load(name)
    await store(name, row)
    return row
  }
  const drop = async (name: string): Promise<{ stored: boolean; delivered: boolean }> => {
    const delivered = await send(["DEL", keyOf(name)]).then(
      () => true,
      () => false,
    )
    return { stored: false, delivered }
  }
  const none = async (): Promise<void> => {}
  return {
    peek,
    refresh: fresh,
    get: async (name) => (await peek(name)) ?? fresh(name),
    lookup: async (name) => {
      const value = await peek(name)
      if (value !== undefined) return { hit: true, value }
      return { hit: false, fill: (row) => store(name, row), release: none, [Symbol.asyncDispose]: none }
    },
    write: async (name, writer) => {
      await writer()
      return drop(name)
    },
    invalidate: drop,
    clear: async () => {
      const dropped = await Promise.all(allNames.slice(0, policy.keys).map(drop))
      return { delivered: dropped.every(({ delivered }) => delivered) }
    },
    put: async (name, row) => {
      await store(name, row)
      return { stored: true, delivered: true }
    },
    close,
  }
}
