import type { RedisArgument } from "../contracts/redis-client.ts"

/** Clients take strings and Buffers only; any other view of bytes would be sent as text. */
export function clientArguments(args: readonly RedisArgument[]): readonly (string | Buffer)[] {
  for (const arg of args) {
    if (typeof arg !== "string" && !Buffer.isBuffer(arg)) return args.map(asTextOrBuffer)
  }
  return args as readonly (string | Buffer)[]
}

function asTextOrBuffer(arg: RedisArgument): string | Buffer {
  if (typeof arg === "string" || Buffer.isBuffer(arg)) return arg
  return Buffer.from(arg.buffer, arg.byteOffset, arg.byteLength)
}
