import { until, type RedisProcess } from "@holdfast/servers"

/** Waits until a replica has all that was written so far. WAIT knows only of what was written on the connection that it is sent on. */
export async function inStep(of: RedisProcess, copy: RedisProcess): Promise<void> {
  const written = await offsetOf(of)
  const hasAll = async (): Promise<boolean> => (await offsetOf(copy)) >= written
  if (await until(hasAll, { timeoutMs: 5000, everyMs: 2 })) return
  throw new Error("The replica did not catch up within 5 seconds.")
}

async function offsetOf(server: RedisProcess): Promise<number> {
  const info = String(await server.command("INFO", "replication"))
  return Number(/master_repl_offset:(\d+)/.exec(info)?.[1])
}

/** Nothing reaches these replicas any more, until they are thawed: then they find that their primary has hung up. */
export async function freezeBehind(owner: RedisProcess, replicas: readonly RedisProcess[]): Promise<void> {
  await Promise.all(replicas.map((replica) => inStep(owner, replica)))
  for (const replica of replicas) replica.freeze()
  await owner.command("CLIENT", "KILL", "TYPE", "replica")
}
