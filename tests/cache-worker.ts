import { serveWorker } from "@holdfast/servers"
import { Actor, type ActorSetup } from "./cache-actor.ts"

const actor = await Actor.start(JSON.parse(process.argv[2] ?? "{}") as ActorSetup)

/** An `Actor` in a process of its own, method by method. */
export const handlers = {
  get: (key: string) => actor.get(key),
  peek: (key: string) => actor.peek(key),
  write: (key: string) => actor.write(key),
  invalidate: (key: string) => actor.invalidate(key),
  commit: (key: string) => actor.commit(key),
  loads: (key: string) => actor.loads(key),
  herd: (key: string, callers: number) => actor.herd(key, callers),
  stats: () => actor.stats(),
  hold: (...points: string[]) => actor.hold(...points),
  open: (...points: string[]) => actor.open(...points),
  reached: (point: string) => actor.reached(point),
  failLoads: (message: string | undefined) => actor.failLoads(message),
  close: () => actor.close(),
  /** Closes everything, leaves nothing that should keep the process alive, and answers when that was. */
  leave: async (): Promise<number> => {
    await actor.close()
    process.removeAllListeners("disconnect")
    setImmediate(() => process.disconnect())
    return Date.now()
  },
}

serveWorker({ handlers, onStop: () => actor.close() })
