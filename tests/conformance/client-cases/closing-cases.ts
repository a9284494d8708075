import assert from "node:assert/strict"
import { happens, type ClientCase } from "./client-scene.ts"

export const closingCases: readonly ClientCase[] = [
  {
    id: "destroy",
    name: "destroying closes the socket at once, refuses what is in flight, and is reported once",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const opened = await scene.connect({ url })
      const id = await opened.text("CLIENT", "ID")
      const waiting = opened.text("BLPOP", scene.key(), "0")
      await happens(async () => String(await scene.server.command("CLIENT", "LIST", "ID", id)).includes("cmd=blpop"))
      opened.link.destroy()
      opened.link.destroy()
      assert.equal(await waiting, "CONNECTION_CLOSED")
      await happens(() => proxy.open === 0)
      await opened.closed()
      assert.equal(opened.closings.length, 1)
    },
  },
  {
    id: "killed",
    name: "a socket that the server closes refuses what is in flight, is reported once and is not opened again",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const opened = await scene.connect({ url })
      const id = await opened.text("CLIENT", "ID")
      const waiting = opened.text("BLPOP", scene.key(), "0")
      await scene.server.command("CLIENT", "KILL", "ID", id)
      assert.equal(await waiting, "CONNECTION_CLOSED")
      await opened.closed()
      assert.equal(await opened.text("ECHO", "x"), "CONNECTION_CLOSED")
      await happens(() => proxy.open === 0)
      assert.deepEqual([opened.closings.length, proxy.accepted], [1, 1])
    },
  },
  {
    id: "no-queue",
    name: "a command after the end is refused, and not carried out by anybody later",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const key = scene.key()
      const opened = await scene.connect({ url })
      await proxy.set({ is: "reset" })
      await opened.closed()
      await proxy.set({ is: "pass" })
      assert.equal(await opened.text("INCR", key), "CONNECTION_CLOSED")
      const next = await scene.connect({ url })
      assert.equal(await next.text("GET", key), "null")
      assert.equal(proxy.accepted, 2)
    },
  },
  {
    id: "unanswered",
    name: "a command that was carried out and whose reply is lost is refused, and not sent again",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const key = scene.key()
      const opened = await scene.connect({ url })
      await proxy.set({ is: "hold", direction: "replies" })
      const lost = opened.text("INCR", key)
      await happens(async () => (await scene.server.command("GET", key)) === "1")
      await proxy.set({ is: "reset" })
      assert.equal(await lost, "CONNECTION_CLOSED")
      await opened.closed()
      await proxy.set({ is: "pass" })
      const next = await scene.connect({ url })
      assert.equal(await next.text("INCR", key), "2")
    },
  },
  {
    id: "cut",
    name: "a reply that is cut off is no reply",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const key = scene.key()
      const opened = await scene.connect({ url })
      await opened.text("SET", key, "x".repeat(1000))
      await proxy.set({ is: "cut", afterReplyBytes: 500 })
      const outcomes = await Promise.all([opened.text("GET", key), opened.text("GET", key)])
      assert.deepEqual(outcomes, ["CONNECTION_CLOSED", "CONNECTION_CLOSED"])
      await opened.closed()
      assert.equal(opened.closings.length, 1)
    },
  },
  {
    id: "waits",
    name: "a link has no deadline of its own: a late reply still arrives, in order",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const opened = await scene.connect({ url })
      await proxy.set({ is: "hold", direction: "replies" })
      const outcomes = Promise.all([opened.text("ECHO", "a"), opened.text("ECHO", "b")])
      const late = await Promise.race([outcomes, new Promise((resolve) => void setTimeout(resolve, 700, "late"))])
      assert.equal(late, "late")
      await proxy.set({ is: "pass" })
      assert.deepEqual(await outcomes, ["a", "b"])
      assert.deepEqual(opened.closings, [])
    },
  },
]
