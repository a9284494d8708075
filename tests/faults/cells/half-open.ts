import { reconnects, storeError, type FaultCell } from "./fault-cell.ts"

/** Connections are accepted, and nothing answers. */
export const acceptsOnly: FaultCell = {
  name: "accepts, never answers",
  fromTheStart: true,
  async break({ proxy }) {
    await proxy.set({ is: "silent" })
    return async () => {
      await proxy.set({ is: "reset" })
      await proxy.set({ is: "pass" })
    }
  },
  delivers: "none",
  health: /does not answer: .*(no connection|took too long)/,
  event: reconnects(/took too long/),
  recoveryMs: 8000,
}

/** Live connections go silent; what was sent is executed late. */
export const frozen: FaultCell = {
  name: "goes silent",
  orphansLeases: true,
  everyClient: true,
  async break({ redis }) {
    redis.freeze()
    return async () => redis.thaw()
  },
  delivers: "some",
  health: /does not answer/,
  event: storeError("COMMAND_TIMEOUT"),
  recoveryMs: 5000,
}
