import type { Codec } from "../contracts/codec.ts"
import type { ChannelOptions, EventOptions } from "../contracts/domain-event.ts"
import { EventAddress } from "../entry/event-address.ts"
import { assertName } from "../entry/key.ts"
import { invalidOption, positiveInteger, refuseUnknownOptions } from "../errors/option-checks.ts"
import { durationMs } from "../policy/duration.ts"

/** Options of an event after checking. */
export interface EventSettings<T> {
  readonly name: string
  readonly stream: EventAddress
  readonly keepMs: number
  readonly maxEvents: number
  readonly maxEventBytes: number
  readonly codec: Codec<T>
}

const knownOptions: Record<keyof EventOptions<never>, true> = {
  namespace: true,
  retention: true,
  maxEvents: true,
  maxEventBytes: true,
  codec: true,
}

/** Throws `INVALID_OPTION` or `INVALID_DURATION`. */
export function eventSettings<T>(
  ownNamespace: string,
  name: string,
  options: EventOptions<T>,
  defaultCodec: Codec<T>,
): EventSettings<T> {
  assertName("name", name)
  refuseUnknownOptions(options, knownOptions, "an event")
  const { namespace = ownNamespace, codec = defaultCodec } = options
  assertName("namespace", namespace)
  if (typeof codec.encode !== "function" || typeof codec.decode !== "function")
    throw invalidOption("codec", "must be a codec, such as json() or text().")
  return {
    name,
    stream: new EventAddress(namespace, name),
    keepMs: durationMs("retention", options.retention ?? "1d"),
    maxEvents: positiveInteger("maxEvents", options.maxEvents ?? 100_000),
    maxEventBytes: positiveInteger("maxEventBytes", options.maxEventBytes ?? 64 * 1024),
    codec,
  }
}

/** Options of a channel after checking. */
export interface ChannelSettings<T> {
  readonly decode: (message: Buffer) => T
  readonly clearsAfterGap: boolean
}

/** Throws `INVALID_OPTION`. */
export function channelSettings<T>(name: string, options: ChannelOptions<T>): ChannelSettings<T> {
  if (typeof name !== "string" || name === "") throw invalidOption("name", "must be the name of a channel.")
  refuseUnknownOptions(options, { decode: true, onReconnect: true }, "a channel")
  const { decode = (message) => JSON.parse(message.toString()) as T, onReconnect = "clear" } = options
  if (typeof decode !== "function") throw invalidOption("decode", "must be a function.")
  if (onReconnect !== "clear" && onReconnect !== "ignore")
    throw invalidOption("onReconnect", 'must be "clear" or "ignore".')
  return { decode, clearsAfterGap: onReconnect === "clear" }
}
