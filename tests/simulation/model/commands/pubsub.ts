import type { ModelReply } from "../model-reply.ts"
import { command, type Command, type Execution } from "./command.ts"

/** A server answers each channel by itself; here several come as one list. */
function replies(each: readonly ModelReply[]): ModelReply {
  return each.length === 1 ? (each[0] as ModelReply) : each
}

function subscribe({ node, session }: Execution, [, ...channels]: readonly string[]): ModelReply {
  return replies(
    channels.map((channel) => {
      node.channels.add(session, channel)
      return ["subscribe", channel, session.channels.size]
    }),
  )
}

function unsubscribe({ node, session }: Execution, [, ...named]: readonly string[]): ModelReply {
  const channels = named.length > 0 ? named : [...session.channels]
  if (channels.length === 0) return ["unsubscribe", null, 0]
  return replies(
    channels.map((channel) => {
      node.channels.remove(session, channel)
      return ["unsubscribe", channel, session.channels.size]
    }),
  )
}

export const pubsubCommands: readonly Command[] = [
  command("publish 3 loading stale", undefined, ({ node }, [, channel = "", message = ""]) =>
    node.publish(channel, message),
  ),
  command("subscribe -2 noscript loading stale", undefined, subscribe),
  command("unsubscribe -1 noscript loading stale", undefined, unsubscribe),
]
