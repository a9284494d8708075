import type { RedisProcess } from "@holdfast/servers"
import { createClient } from "redis"
import { reconnects, type FaultCell } from "./fault-cell.ts"

// Where only an operator can help, attempts are few: up to 5 s apart at first, then 10, then 20.
const locked = { delivers: "none", health: /password/, recoveryMs: 22_000 } as const

/** A password is set while the service is connected, which has none. */
export const passwordSet: FaultCell = {
  name: "NOAUTH: password set",
  async prepare({ redis }) {
    await redis.command("ACL", "SETUSER", "operator", "on", ">operator", "~*", "&*", "+@all")
  },
  async break({ redis }) {
    await asOperator(redis, ["CONFIG", "SET", "requirepass", "secret"])
    await asOperator(redis, ["CLIENT", "KILL", "USER", "default"])
    return () => asOperator(redis, ["CONFIG", "SET", "requirepass", ""])
  },
  event: reconnects(/NOAUTH/),
  ...locked,
}

/** The password of the service's user is changed, and its connections are ended. */
export const passwordChanged: FaultCell = {
  name: "WRONGPASS: password changed",
  credentials: "service:right",
  prepare: ({ redis }) => setPassword(redis, "right"),
  async break({ redis }) {
    await setPassword(redis, "changed")
    await redis.command("CLIENT", "KILL", "USER", "service")
    return () => setPassword(redis, "right")
  },
  event: reconnects(/WRONGPASS/),
  ...locked,
}

async function setPassword(redis: RedisProcess, password: string): Promise<void> {
  await redis.command("ACL", "SETUSER", "service", "on", "resetpass", `>${password}`, "~*", "&*", "+@all")
}

async function asOperator(redis: RedisProcess, command: string[]): Promise<void> {
  const client = createClient({ url: `redis://operator:operator@${redis.host}:${redis.port}` })
  client.on("error", () => {})
  await client.connect()
  await client.sendCommand(command)
  client.destroy()
}
