import assert from "node:assert/strict"
import { inspect } from "node:util"
import { happens, type ClientCase } from "./client-scene.ts"

/** What a failed attempt may take beyond its bound on a busy machine. */
const slackMs = 20_000

export const openingCases: readonly ClientCase[] = [
  {
    id: "authenticated",
    name: "a link is authenticated with the client's user when connecting resolves",
    async run(scene) {
      const { name, url } = await scene.user("~*", "+acl")
      const link = await scene.connect({ url })
      assert.equal(await link.text("ACL", "WHOAMI"), name)
      assert.deepEqual(link.closings, [])
    },
  },
  {
    id: "database",
    name: "the client's database is selected",
    topology: "standalone",
    async run(scene) {
      const link = await scene.connect({ url: `${scene.server.url}/5` })
      assert.match(await link.text("CLIENT", "INFO"), / db=5 /)
    },
  },
  {
    id: "few-permissions",
    name: "a user who may do only what the case needs can connect",
    async run(scene) {
      const { url } = await scene.user("~*", "-@all", "+echo", "+ping")
      const link = await scene.connect({ url })
      assert.equal(await link.text("ECHO", "x"), "x")
      assert.equal(await link.text("GET", scene.key()), "SERVER_REFUSED NOPERM")
    },
  },
  {
    id: "one-socket",
    name: "connecting opens one socket, and each link has its own",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const first = await scene.connect({ url })
      assert.equal(proxy.accepted, 1)
      const second = await scene.connect({ url })
      assert.equal(proxy.accepted, 2)
      assert.notEqual(await first.text("CLIENT", "ID"), await second.text("CLIENT", "ID"))
      first.link.destroy()
      await first.closed()
      assert.equal(await second.text("ECHO", "x"), "x")
      assert.deepEqual(second.closings, [])
    },
  },
  {
    id: "wrong-password",
    name: "a wrong password is WRONGPASS at once, and told to nobody",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      const error = await scene.failure({ url: url.replace("//", "//secret-user:secret-password@") })
      assert.deepEqual([error.code, error.facts["reply"]], ["SERVER_REFUSED", "WRONGPASS"])
      assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /secret/)
      await happens(() => proxy.open === 0)
      assert.equal(proxy.accepted, 1)
    },
  },
  {
    id: "refused",
    name: "a port where nobody listens is STORE_UNAVAILABLE at once",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      await proxy.set({ is: "refuse" })
      const startMs = performance.now()
      const error = await scene.failure({ url, connectTimeoutMs: 30_000 })
      assert.equal(error.code, "STORE_UNAVAILABLE")
      assert.ok(performance.now() - startMs < slackMs)
    },
  },
  {
    id: "reset",
    name: "a server that resets the connection is STORE_UNAVAILABLE after one attempt",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      await proxy.set({ is: "reset" })
      const error = await scene.failure({ url, connectTimeoutMs: 1000 })
      assert.equal(error.code, "STORE_UNAVAILABLE")
      await happens(() => proxy.open === 0)
      assert.equal(proxy.accepted, 1)
    },
  },
  {
    id: "half-open",
    name: "a server that accepts and never answers costs the time that connecting may take, and leaves no socket",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      await proxy.set({ is: "silent" })
      const startMs = performance.now()
      const error = await scene.failure({ url, connectTimeoutMs: 300 })
      assert.equal(error.code, "STORE_UNAVAILABLE")
      assert.ok(performance.now() - startMs < 300 + slackMs)
      await proxy.set({ is: "pass" })
      await happens(() => proxy.open === 0)
    },
  },
  {
    id: "given-up",
    name: "an attempt that is given up fails at once and leaves no socket",
    async run(scene) {
      const { proxy, url } = await scene.proxy()
      await proxy.set({ is: "silent" })
      const giveUp = new AbortController()
      const failure = scene.failure({ url, connectTimeoutMs: 30_000, signal: giveUp.signal })
      await happens(() => proxy.open > 0)
      const startMs = performance.now()
      giveUp.abort()
      assert.equal((await failure).code, "STORE_UNAVAILABLE")
      assert.ok(performance.now() - startMs < slackMs)
      await proxy.set({ is: "pass" })
      await happens(() => proxy.open === 0)
    },
  },
]
