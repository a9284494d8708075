import { createHoldfast } from "holdfast"
import type { Holdfast } from "holdfast"
import type { RedisProcess } from "@holdfast/servers"
import type { Offer } from "../database/offers.ts"
import type { Flags } from "../flags.ts"
import type { PhaseReport } from "../report/phase-report.ts"
import type { Progress } from "../report/progress.ts"
import type { Resources } from "../resources.ts"
import { openShop } from "../shop.ts"
import type { Shop } from "../shop.ts"
import type { Disturbance } from "./disturbances.ts"
import { runPhase } from "./phase.ts"
import type { Surroundings } from "./surroundings.ts"

/** What the phases gave, and the shop that still serves. */
export interface ScenarioResult {
  readonly phases: readonly PhaseReport[]
  /** Why there was no outage, if there was none. */
  readonly outageSkipped: string | null
  readonly shop: Shop
}

/** The demo: the same load without a cache, with one, and with one that is killed midway. */
export async function playScenario(
  flags: Flags,
  surroundings: Surroundings,
  { progress, resources }: { readonly progress: Progress; readonly resources: Resources },
): Promise<ScenarioResult> {
  const { database, carrier, commits, driver, store, namespace } = surroundings
  const offerCommitted = (offer: Offer): void => commits.committed(offer)
  const warmUpSeconds = Math.min(flags.seconds / 2, 4)
  const common = { database, driver, progress, resources, seconds: flags.seconds, ratePerSecond: flags.rate }
  const open = (holdfast: Holdfast | undefined): Promise<Shop> =>
    resources.own(openShop({ database, carrier, holdfast, port: flags.port, offerCommitted }), (shop) => shop.close())

  const plain = await open(undefined)
  const uncached = await runPhase({
    ...common,
    name: "uncached",
    title: "1 without a cache",
    shop: plain,
    warmUpSeconds,
  })
  await plain.close()

  const holdfast = createHoldfast({ namespace, redis: store.redis })
  await resources.own(Promise.resolve(holdfast), (opened) => opened.close({ timeout: "2s" }))
  const shop = await open(holdfast)
  const cached = await runPhase({ ...common, name: "cached", title: "2 cached", shop, warmUpSeconds })

  const outageSkipped = whyNoOutage(surroundings)
  if (store.server === undefined) return { phases: [uncached, cached], outageSkipped, shop }
  const outage = await runPhase({
    ...common,
    name: "outage",
    title: "3 cached, Redis killed",
    shop,
    warmUpSeconds: 0,
    disturbances: outageOf(store.server, flags.seconds),
  })
  return { phases: [uncached, cached, outage], outageSkipped, shop }
}

function whyNoOutage({ store }: Surroundings): string | null {
  if (store.server !== undefined) return null
  return store.origin === "REDIS_URL"
    ? "the server at REDIS_URL is not ours to kill."
    : "the in-process store has no server to kill."
}

function outageOf(server: RedisProcess, seconds: number): Disturbance[] {
  return [
    { atSeconds: seconds * 0.3, what: "killed (SIGKILL)", act: () => server.kill() },
    { atSeconds: seconds * 0.6, what: "back, empty", act: () => server.restart() },
  ]
}
