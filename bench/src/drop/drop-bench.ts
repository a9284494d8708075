import { startRedis } from "@holdfast/servers"
import type { Bench } from "../bench.ts"
import { conditions } from "../conditions.ts"
import { cuts, maxStalenessMs, measureStaleness, type Staleness } from "./cuts.ts"
import { measureDrops, readers } from "./drops.ts"
import { clients } from "./member.ts"
import { dropLine, dropTable, stalenessTable, type DropLine } from "./report.ts"

const dropsId = "near-drops"
const cutsId = "near-cuts"

/** How soon a change in one process is heard in others, and how old what is served gets where it is not. */
export const dropBench: Bench = {
  id: "near-drop",
  title: "how soon copies go in other processes, and how long they are served where nothing is heard",
  workloads: [dropsId, cutsId],
  async run({ workloads, rounds, seconds, print, progress }) {
    const redis = await startRedis()
    const drops: DropLine[] = []
    const staleness: (Staleness & { readonly client: string })[] = []
    try {
      for (const client of workloads.includes(dropsId) ? clients : []) {
        const measured = []
        for (let round = 1; round <= rounds; round += 1) {
          progress(`${dropsId}: round ${round} of ${rounds}, ${client}`)
          measured.push(await measureDrops(redis, client, seconds))
        }
        drops.push(dropLine(client, measured))
      }
      if (drops.length > 0)
        print(dropTable(`from a change to the end of its copy in ${readers} other processes, ms`, drops))
      for (const client of workloads.includes(cutsId) ? clients : []) {
        for (const cut of cuts) {
          progress(`${cutsId}: ${client}, ${cut}`)
          staleness.push({ client, ...(await measureStaleness(redis, client, cut, seconds)) })
        }
      }
      if (staleness.length > 0)
        print(stalenessTable(`longest stale near hit, ms; maxStaleness ${maxStalenessMs}`, staleness))
    } finally {
      await redis.stop()
    }
    return { conditions: conditions({ server: "redis", rounds, seconds }), drops, staleness }
  },
}
