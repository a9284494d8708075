import type { RedisArgument, RedisLink, RedisReply } from "../contracts/redis-client.ts"

/** Sends a command for the few that wait for a promise: what a connection asks for itself. */
export function ask(link: RedisLink, args: readonly RedisArgument[]): Promise<RedisReply> {
  return new Promise((resolve, reject) => link.send(args, { answered: resolve, refused: reject }))
}
