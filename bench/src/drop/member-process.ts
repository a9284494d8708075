import { spawnWorker, type WorkerProcess } from "@holdfast/servers"
import type { MemberHandlers } from "./drop-worker.ts"
import type { Client } from "./member.ts"

/** A `Member` in a process of its own. */
export type MemberProcess = WorkerProcess<MemberHandlers>

export function startMember(client: Client, url: string, directUrl: string): Promise<MemberProcess> {
  return spawnWorker<MemberHandlers>(new URL("./drop-worker.js", import.meta.url), { args: [client, url, directUrl] })
}
