import { expect, test } from "vitest"
import { isRunning } from "./fixtures/is-running.ts"
import { startSentinels } from "./sentinel-process.ts"

test("three sentinels watch a primary with two replicas and replace it, asked or because it is gone; then all end", async () => {
  const group = await startSentinels({ password: "of servers", sentinelPassword: "of sentinels" })
  const pids = [...group.servers, ...group.sentinels].map(({ pid }) => pid)
  try {
    expect([group.servers.length, group.sentinels.length]).toEqual([3, 3])
    const [first] = group.servers
    expect(await group.primary()).toBe(first)
    const second = await group.failOver()
    expect(second).not.toBe(first)
    await second.command("SET", "k", "v")
    await group.caughtUp()
    await second.kill()
    const third = await group.heirOf(second)
    expect(await third.command("GET", "k")).toBe("v")
    expect(third).not.toBe(second)
  } finally {
    await group.stop()
  }
  expect(pids.filter(isRunning)).toEqual([])
})
