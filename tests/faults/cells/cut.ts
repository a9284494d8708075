import { until } from "@holdfast/servers"
import { storeError, type FaultCell } from "./fault-cell.ts"

const bytesOfReplies = 150

/** Connections break in the middle of a reply, again and again. */
export const cutMidReply: FaultCell = {
  name: "cut mid-reply",
  orphansLeases: true,
  async break({ proxy }) {
    let over = false
    const cutting = (async () => {
      while (!over) {
        const before = proxy.cuts
        await proxy.set({ is: "cut", afterReplyBytes: bytesOfReplies })
        await until(() => over || proxy.cuts > before, { timeoutMs: 2000, everyMs: 2 })
        await proxy.set({ is: "pass" })
        await until(() => over, { timeoutMs: 150, everyMs: 10 })
      }
    })()
    return async () => {
      over = true
      await cutting
      await proxy.set({ is: "pass" })
    }
  },
  delivers: "some",
  health: undefined,
  event: storeError("CONNECTION_CLOSED"),
  recoveryMs: 5000,
}
