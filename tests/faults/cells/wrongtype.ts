import { expect } from "vitest"
import { namespace } from "../trickle.ts"
import { storeError, type FaultCell } from "./fault-cell.ts"

const taken = ["k0", "k1", "k2"]

/** Another program keeps lists under keys that are ours. */
export const foreignValueKeys: FaultCell = {
  name: "WRONGTYPE: value key",
  async break({ redis }) {
    for (const key of taken) {
      await redis.command("DEL", `${namespace}:{row:${key}}`)
      await redis.command("RPUSH", `${namespace}:{row:${key}}`, "foreign")
    }
    return async () => void (await redis.command("DEL", ...taken.map((key) => `${namespace}:{row:${key}}`)))
  },
  async probe({ redis, service }) {
    const [{ cache }] = service.members
    const version = await service.source.commit("k1")
    expect(await cache.invalidate("k1")).toEqual({ delivered: true })
    expect(await cache.get("k1")).toMatchObject({ version })
    expect(await redis.command("LRANGE", `${namespace}:{row:k1}`, 0, -1)).toEqual(["foreign"])
    const writer = async () => ({ key: "k1", version: await service.source.commit("k1") })
    expect(await cache.write("k1", writer)).toMatchObject({ stored: false, delivered: true })
    expect(await redis.command("LRANGE", `${namespace}:{row:k1}`, 0, -1)).toEqual(["foreign"])
  },
  delivers: "all",
  health: undefined,
  event: storeError("SERVER_REFUSED", "lease"),
  recoveryMs: 2000,
}

/** Another program keeps lists under our control keys: the next change of the record replaces them. */
export const foreignControlKeys: FaultCell = {
  name: "WRONGTYPE: control key",
  async break({ redis }) {
    const pushing = setInterval(() => {
      for (const key of taken) redis.command("RPUSH", `${namespace}:{row:${key}}:ctl`, "foreign").catch(() => {})
    }, 50)
    return async () => {
      clearInterval(pushing)
      await redis.command("DEL", ...taken.map((key) => `${namespace}:{row:${key}}:ctl`))
    }
  },
  async probe({ redis, service }) {
    const [{ cache }, other] = service.members
    const control = `${namespace}:{row:k3}:ctl`
    await redis.command("DEL", `${namespace}:{row:k3}`, control)
    await redis.command("RPUSH", control, "foreign")
    expect(await cache.get("k3")).toMatchObject({ key: "k3" })
    await redis.command("DEL", control)
    await redis.command("RPUSH", control, "foreign")
    const version = await service.source.commit("k3")
    expect(await cache.invalidate("k3")).toEqual({ delivered: true })
    expect(await other.cache.get("k3")).toMatchObject({ version })
  },
  delivers: "all",
  health: undefined,
  event: undefined,
  recoveryMs: 2000,
}
