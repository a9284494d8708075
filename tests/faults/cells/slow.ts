import { expect } from "vitest"
import { storeError, type FaultCell } from "./fault-cell.ts"

/** Every reply comes, and each too late, even for a process that stands still for a second. */
export const slow: FaultCell = {
  name: "slower than the deadline",
  orphansLeases: true,
  async break({ proxy }) {
    await proxy.set({ is: "delay", delayMs: 2000, jitterMs: 100, direction: "replies" })
    return () => proxy.set({ is: "pass" })
  },
  delivers: "none",
  health: /does not answer/,
  event: storeError("COMMAND_TIMEOUT"),
  recoveryMs: 5000,
}

/** Every byte comes by itself, both ways: no client may take a part of a reply for the whole. */
export const slices: FaultCell = {
  name: "one-byte slices",
  alone: true,
  load: { everyMs: 50, reads: 60, commandTimeoutMs: 5000 },
  async probe({ service }) {
    const [{ cache }] = service.members
    const before = cache.stats()
    for (const key of ["k0", "k0", "slow"]) expect(await cache.get(key)).toMatchObject({ key })
    expect(cache.stats()).toMatchObject({ hits: before.hits + 2, fills: before.fills + 1 })
  },
  async break({ proxy }) {
    await proxy.set({ is: "slices" })
    return () => proxy.set({ is: "pass" })
  },
  delivers: "all",
  health: undefined,
  event: undefined,
  recoveryMs: 1000,
}
