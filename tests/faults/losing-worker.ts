import { serveWorker } from "@holdfast/servers"
import { redisAt, Shop, type Place } from "./losing-shop.ts"

/** What such a process is told on its command line. */
export interface LosingSetup {
  /** The name of a cell. */
  readonly client: string
  readonly place: Place
  readonly namespace: string
}

/** What it does. */
export type LosingHandlers = typeof handlers

const { client, place, namespace } = JSON.parse(process.argv[2] ?? "{}") as LosingSetup
const shop = new Shop(redisAt(client, place), new Map(), { namespace, afterFailover: "clear" })

const handlers = {
  /** Changes every row, and answers whether the store was told of all. */
  changeAll: async (ids: readonly string[]): Promise<boolean> => {
    while (!(await shop.isSettled())) await new Promise((resolve) => setTimeout(resolve, 5))
    let areTold = true
    for (const [at, id] of ids.entries()) areTold = (await shop.change(id, at)) && areTold
    return areTold
  },
}

serveWorker({ handlers, onStop: () => shop.holdfast.close() })
