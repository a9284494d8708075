import { reconnects, type FaultCell } from "./fault-cell.ts"

const refused = {
  delivers: "none",
  health: /does not answer/,
  event: reconnects(/refused|ECONNREFUSED|closed|reset/i),
  recoveryMs: 8000,
} as const

/** Nobody listens when the service starts. */
export const refusedAtBoot: FaultCell = {
  name: "refused at boot",
  everyClient: true,
  fromTheStart: true,
  async break({ proxy }) {
    await proxy.set({ is: "refuse" })
    return () => proxy.set({ is: "pass" })
  },
  ...refused,
}

/** The server dies, and another one comes up empty in its place. */
export const killed: FaultCell = {
  name: "killed, restarted empty",
  everyClient: true,
  async break({ redis, proxy }) {
    await redis.kill()
    await proxy.set({ is: "refuse" })
    return async () => {
      await redis.restart()
      await proxy.set({ is: "pass" })
    }
  },
  ...refused,
}
