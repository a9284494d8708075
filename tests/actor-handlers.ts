import type { Duration } from "holdfast"
import type { Actor, ChangeWay } from "./cache-actor.ts"

/** What a worker process serves: an actor, method by method. */
export type ActorHandlers = ReturnType<typeof handlersOf>

export function handlersOf(actor: Actor) {
  return {
    get: (key: string) => actor.get(key),
    getMany: (keys: readonly string[]) => actor.getMany(keys),
    batches: () => actor.batches(),
    peek: (key: string) => actor.peek(key),
    write: (key: string, needs?: Duration) => actor.write(key, needs),
    changeOn: (key: string, way: ChangeWay) => actor.changeOn(key, way),
    lostWindows: () => actor.lostWindows(),
    invalidate: (key: string) => actor.invalidate(key),
    invalidateTags: (tags: readonly string[]) => actor.invalidateTags(tags),
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
}
