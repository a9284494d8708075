import assert from "node:assert/strict"
import { systemRandom, type HoldfastError } from "holdfast/testing"
import { happens, type ClientCase } from "./client-scene.ts"

const bytes = (last: number): Buffer => Buffer.from([255, 0, 13, 10, last])

export const subscriptionCases: readonly ClientCase[] = [
  {
    id: "messages",
    name: "a subscription that has resolved hears every message as bytes, of its own channel only",
    async run(scene) {
      const { link } = await scene.connect({ purpose: "subscriber" })
      const [one, other] = [systemRandom.token(), `${systemRandom.token()}:é`]
      const heard: [string, Buffer][] = []
      await link.subscribe(one, (message) => heard.push(["one", message]))
      await link.subscribe(other, (message) => heard.push(["other", message]))
      await scene.server.command("PUBLISH", one, bytes(1))
      await scene.server.command("PUBLISH", other, bytes(2))
      await scene.server.command("PUBLISH", one, bytes(3))
      await happens(() => heard.length === 3)
      assert.deepEqual(heard, [
        ["one", bytes(1)],
        ["other", bytes(2)],
        ["one", bytes(3)],
      ])
    },
  },
  {
    id: "listener-throws",
    name: "a listener that throws loses nothing but its own message",
    async run(scene) {
      const opened = await scene.connect({ purpose: "subscriber" })
      const channel = systemRandom.token()
      const heard: string[] = []
      await opened.link.subscribe(channel, (message) => {
        heard.push(String(message))
        throw new Error("a listener's own")
      })
      await scene.server.command("PUBLISH", channel, "1")
      await scene.server.command("PUBLISH", channel, "2")
      await happens(() => heard.length === 2)
      assert.deepEqual(opened.closings, [])
    },
  },
  {
    id: "subscriber-beat",
    name: "a subscriber can be asked for a sign of life",
    async run(scene) {
      const opened = await scene.connect({ purpose: "subscriber" })
      await opened.link.subscribe(systemRandom.token(), () => {})
      assert.match(await opened.text("PING"), /^(PONG|pong,)/i)
    },
  },
  {
    id: "channel-refused",
    name: "a channel that the user may not hear is NOPERM",
    async run(scene) {
      const { url } = await scene.user("resetchannels", "+@all", "~*")
      const { link } = await scene.connect({ url, purpose: "subscriber" })
      const error = await link.subscribe("secret", () => {}).catch((reason: unknown) => reason)
      const { code, facts } = error as HoldfastError
      assert.deepEqual([code, facts["reply"]], ["SERVER_REFUSED", "NOPERM"])
    },
  },
  {
    id: "tracked-keys",
    name: "a subscriber that has the server track keys for it hears of each that is written to or goes",
    async run(scene) {
      const opened = await scene.connect({ purpose: "subscriber" })
      const prefix = scene.key()
      const heard: unknown[] = []
      const id = await opened.text("CLIENT", "ID")
      assert.equal(await opened.text("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", prefix), "OK")
      await opened.link.hearTracked?.((keys) => {
        heard.push(keys?.map(String))
        throw new Error("a listener's own")
      })
      const others: string[] = []
      await opened.link.subscribe(prefix, (message) => others.push(String(message)))
      await scene.server.command("SET", `${prefix}é`, "1", "PX", "50")
      // By its own time.
      await happens(() => heard.length === 2)
      await scene.server.command("MSET", `${prefix}1`, "1", `${prefix}2`, "2")
      await happens(() => heard.length === 3)
      await scene.server.command("DEL", `${prefix}1`)
      await scene.server.command("PUBLISH", prefix, "after")
      await happens(() => others.length === 1)
      assert.deepEqual(heard, [[`${prefix}é`], [`${prefix}é`], [`${prefix}1`, `${prefix}2`], [`${prefix}1`]])
      assert.deepEqual(opened.closings, [])
    },
  },
  {
    id: "tracking-refused",
    name: "the channel of tracked keys may be refused: the others are heard, and the tracking can be ended",
    async run(scene) {
      const { url } = await scene.user("resetchannels", "&mine", "+@all", "~*")
      const opened = await scene.connect({ url, purpose: "subscriber" })
      const id = await opened.text("CLIENT", "ID")
      await opened.text("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", "x")
      const error = await opened.link.hearTracked?.(() => {}).catch((reason: unknown) => reason)
      assert.equal((error as HoldfastError).facts["reply"], "NOPERM")
      assert.equal(await opened.text("CLIENT", "TRACKING", "OFF"), "OK")
      const heard: string[] = []
      await opened.link.subscribe("mine", (message) => heard.push(String(message)))
      await scene.server.command("PUBLISH", "mine", "1")
      await happens(() => heard.length === 1)
    },
  },
  {
    id: "subscriber-killed",
    name: "a subscriber whose socket closes is reported once and does not subscribe again",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const opened = await scene.connect({ url, purpose: "subscriber" })
      const channel = systemRandom.token()
      await opened.link.subscribe(channel, () => {})
      await proxy.set({ is: "reset" })
      await opened.closed()
      await proxy.set({ is: "pass" })
      await happens(async () => String(await scene.server.command("PUBSUB", "NUMSUB", channel)) === `${channel},0`)
      assert.deepEqual([opened.closings.length, proxy.accepted], [1, 1])
    },
  },
]
