import { ModelError } from "../model-reply.ts"
import { command, container, type Command, type Execution } from "./command.ts"
import { integer } from "./integers.ts"
import { notAnInteger, notModelled, ok, Status, wrongArity, type CommandReply } from "./reply.ts"

const pong = new Status("PONG")

function ping({ session }: Execution, args: readonly string[]): CommandReply {
  if (args.length > 2) return wrongArity("ping")
  if (session.channels.size > 0) return ["pong", args[1] ?? ""]
  return args[1] ?? pong
}

function select({ node }: Execution, [, text = ""]: readonly string[]): CommandReply {
  const index = integer(text)
  if (index === undefined) return notAnInteger
  if (index === 0) return ok
  if (node.cluster !== undefined) return new ModelError("ERR SELECT is not allowed in cluster mode")
  if (index > 0 && index < 16) throw notModelled("other databases than 0")
  return new ModelError("ERR DB index is out of range")
}

/** Only of one prefix, by a session of itself. */
function track({ node, session }: Execution, [, , mode = "", ...options]: readonly string[]): CommandReply {
  const [redirect, id, broadcast, word, prefix, ...more] = options
  if (mode.toUpperCase() === "OFF" && options.length === 0) node.tracking.track(session, undefined)
  else {
    const words = [mode, redirect, broadcast, word].map((each) => each?.toUpperCase()).join(" ")
    const isModelled = words === "ON REDIRECT BCAST PREFIX" && more.length === 0 && id === String(session.id)
    if (!isModelled || prefix === undefined) throw notModelled("any other CLIENT TRACKING than that of the library")
    node.tracking.track(session, prefix)
  }
  return ok
}

const noCluster = new ModelError("ERR This instance has cluster support disabled")

export const connectionCommands: readonly Command[] = [
  command("ping -1", undefined, ping),
  command("echo 2 loading stale", undefined, (_, [, text = ""]) => text),
  command("select 2 loading stale", undefined, select),
  container(
    "client -2",
    [
      command("client|setname 3 noscript loading stale", undefined, () => ok),
      command("client|id 2 noscript loading stale", undefined, ({ session }) => session.id),
      command("client|tracking -3 noscript loading stale", undefined, track),
    ],
    "caching getname getredir help info kill list no-evict pause reply trackinginfo unblock unpause",
  ),
  command("hello -1 noscript loading stale no_auth allow_busy", undefined, () => {
    throw notModelled("HELLO: whoever needs it tests with a client, and those are not part of the model")
  }),
  command("asking 1", undefined, ({ node, session }) => {
    if (node.cluster === undefined) return noCluster
    session.asking = true
    return ok
  }),
  command("readonly 1 loading stale", undefined, ({ node }) => {
    if (node.cluster === undefined) return noCluster
    if (node.role === "replica") throw notModelled("reading from replicas")
    return ok
  }),
  command("readwrite 1 loading stale", undefined, ({ node }) => (node.cluster === undefined ? noCluster : ok)),
]
