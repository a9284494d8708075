import { until } from "@holdfast/servers"
import { reconnects, type FaultCell } from "./fault-cell.ts"

const populate = "for at = 1, 20000 do redis.call('SET', 'ballast:' .. at, at) end"

/** A restarted server loads its file, key by slow key, until it is told to hurry. */
export const loading: FaultCell = {
  name: "LOADING",
  server: { extraArgs: ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"] },
  async prepare({ redis }) {
    await redis.command("EVAL", populate, 0)
    await redis.command("SAVE")
  },
  async break({ redis }) {
    await redis.restart()
    await until(async () => /^loading:1/m.test(String(await redis.command("INFO", "persistence"))), { timeoutMs: 5000 })
    return async () => void (await redis.command("CONFIG", "SET", "key-load-delay", "0"))
  },
  delivers: "none",
  health: /loading/i,
  event: reconnects(/loading/i),
  recoveryMs: 6000,
}
