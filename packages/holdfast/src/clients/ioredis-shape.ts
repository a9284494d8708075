import type { AddressMap } from "./cluster-client.ts"

/** What Holdfast needs of an ioredis 5 or 6 client. */
export interface IoRedis {
  readonly status: string
  readonly options: IoRedisOptions
  /** The socket, once there is one. Not part of the documented interface: used where it is there. */
  readonly stream?: IoRedisStream | undefined
  duplicate(overrides: object): IoRedis
  connect(): Promise<unknown>
  disconnect(): void
  callBuffer(name: string, ...args: readonly (string | Buffer)[]): Promise<unknown>
  subscribe(channel: string): Promise<unknown>
  on(event: "error", listener: (error: unknown) => void): unknown
  on(event: "close" | "end", listener: () => void): unknown
  off(event: "close", listener: () => void): unknown
  /** What is heard of tracked keys is no Buffer, but an array of them, or null. */
  on(event: "messageBuffer", listener: (channel: Buffer, message: unknown) => void): unknown
}

export interface IoRedisStream {
  cork?(): void
  uncork?(): void
  destroy?(): void
}

export interface IoRedisOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly path?: string | null | undefined
  readonly family?: number | undefined
  readonly tls?: object | undefined
  readonly sentinels?:
    | readonly { readonly host?: string; readonly port?: number; readonly family?: number }[]
    | null
    | undefined
  readonly name?: string | undefined
  readonly natMap?: AddressMap
  readonly sentinelUsername?: string | null | undefined
  readonly sentinelPassword?: string | null | undefined
  readonly sentinelTLS?: object | undefined
  readonly enableTLSForSentinelMode?: boolean | undefined
  readonly keyPrefix?: unknown
  readonly clientInfoTag?: unknown
}
