import { randomBytes } from "node:crypto"
import { startCarrier } from "../carrier/carrier.ts"
import type { Carrier } from "../carrier/carrier.ts"
import { catalogueSize } from "../database/catalogue-size.ts"
import { countQueries } from "../database/counted-database.ts"
import type { CountedDatabase } from "../database/counted-database.ts"
import { seed } from "../database/seed.ts"
import type { Flags } from "../flags.ts"
import { CommitBoard } from "../load/commit-board.ts"
import { startDriver } from "../load/driver.ts"
import type { Driver } from "../load/driver.ts"
import { readTrace } from "../load/trace.ts"
import type { Trace } from "../load/trace.ts"
import type { Progress } from "../report/progress.ts"
import { whole } from "../report/text.ts"
import type { Resources } from "../resources.ts"
import { openDatabase } from "../servers/open-database.ts"
import type { ChosenDatabase } from "../servers/open-database.ts"
import { openStore } from "../servers/open-store.ts"
import type { ChosenStore } from "../servers/open-store.ts"

/** Everything the shop needs around it. */
export interface Surroundings {
  readonly database: CountedDatabase
  readonly chosenDatabase: ChosenDatabase
  readonly store: ChosenStore
  /** First part of all cache keys; another one for each run, because each run has its own data. */
  readonly namespace: string
  readonly carrier: Carrier
  readonly commits: CommitBoard
  readonly driver: Driver
  readonly trace: Trace | undefined
  readonly startedAt: Date
}

/** Where servers of the user's own are. */
export interface ServerUrls {
  readonly databaseUrl: string | undefined
  readonly redisUrl: string | undefined
}

/** Requests under way at once, each on a connection of its own. */
export const connections = 32

/** Seed of the load: the same requests in every run. */
export const loadSeed = 42

/** Starts or finds the servers, fills the database, and starts the load driver; says what it does. */
export async function openSurroundings(
  flags: Flags,
  urls: ServerUrls,
  { progress, resources }: { readonly progress: Progress; readonly resources: Resources },
): Promise<Surroundings> {
  const startedAt = new Date()
  const run = randomBytes(4).toString("hex")
  const namespace = `shop-${run}`
  const trace = flags.trace === undefined ? undefined : await openTrace(flags.trace, progress)
  const chosenDatabase = await openDatabase({
    wanted: flags.database,
    url: urls.databaseUrl,
    schema: `holdfast_shop_${run}`,
    resources,
  })
  progress.say(`database: ${chosenDatabase.description}`)
  const store = await openStore({ wanted: flags.store, url: urls.redisUrl, namespace, resources })
  progress.say(`cache:    ${store.description}`)
  await fill(chosenDatabase, progress)
  const database = countQueries(chosenDatabase.database, flags.dbLatencyMs)
  if (flags.dbLatencyMs > 0) progress.say(`delay:    ${flags.dbLatencyMs} ms added to every database query`)
  const carrier = await resources.own(startCarrier(), (started) => started.close())
  const commits = CommitBoard.of(catalogueSize.products)
  const settings = { seed: loadSeed, connections, trace: trace?.ids, commits: commits.versions }
  const driver = await resources.own(startDriver(settings), (started) => started.close())
  return { database, chosenDatabase, store, namespace, carrier, commits, driver, trace, startedAt }
}

async function openTrace(path: string, progress: Progress): Promise<Trace> {
  const trace = await readTrace(path, catalogueSize.products)
  const more = trace.cut ? ", the rest of the file is left out" : ""
  progress.say(`trace:    ${whole(trace.ids.length)} accesses to ${whole(trace.keys)} keys${more}`)
  return trace
}

async function fill({ database }: ChosenDatabase, progress: Progress): Promise<void> {
  const startedMs = performance.now()
  await seed(database)
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  const { products, users, orders } = catalogueSize
  progress.say(
    `data:     ${whole(products)} products, ${whole(users)} users, ${whole(orders)} orders written in ${seconds} s`,
  )
}
