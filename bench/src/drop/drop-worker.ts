// A process with a near cache: argv is client, the url that Holdfast uses, and that of the server itself.
import { serveWorker } from "@holdfast/servers"
import { Member, type Client } from "./member.ts"

const [client, url = "", directUrl = ""] = process.argv.slice(2)
const member = new Member(client as Client, url, directUrl)

const handlers = {
  fill: (keys: number) => member.fill(keys),
  watch: () => member.watch(),
  drops: () => member.drops(),
  invalidate: (keys: number, everyMs: number) => member.invalidate(keys, everyMs),
  change: (at: number, version: number) => member.change(at, version),
  read: (keys: number) => member.read(keys),
  served: () => member.served(),
  near: () => member.near(),
}

/** What such a process serves. */
export type MemberHandlers = typeof handlers

serveWorker({ handlers, onStop: () => member.close() })
