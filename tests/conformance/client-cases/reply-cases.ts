import assert from "node:assert/strict"
import { inspect } from "node:util"
import { isError, type ClientCase } from "./client-scene.ts"

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

export const replyCases: readonly ClientCase[] = [
  {
    id: "bytes",
    name: "bytes come back as they went, and every kind of reply has one form",
    async run(scene) {
      const { send } = bound(await scene.connect())
      const key = scene.key()
      assert.deepEqual(await send("SET", key, everyByte), Buffer.from("OK"))
      assert.deepEqual(await send("GET", key), Buffer.from(everyByte))
      assert.equal(await send("GET", scene.key()), null)
      assert.equal(await send("STRLEN", key), 256)
      assert.equal(await send("hset", `${key}h`, "field", "value"), 1)
      assert.deepEqual(await send("hgetall", `${key}h`), [Buffer.from("field"), Buffer.from("value")])
      const nested = "return {1, {ARGV[1], false}, {ok = 'fine'}, redis.call('PTTL', KEYS[1])}"
      const answer = [1, [Buffer.from(everyByte), null], Buffer.from("fine"), -1]
      assert.deepEqual(await send("EVAL", nested, "1", key, everyByte), answer)
    },
  },
  {
    id: "large",
    name: "a key of bytes and a value of 4 MB go both ways",
    async run(scene) {
      const { send } = bound(await scene.connect())
      const key = Buffer.concat([Buffer.from(scene.key()), everyByte])
      const value = Buffer.alloc(4 * 1024 * 1024, everyByte)
      assert.deepEqual(await send("SET", key, value, "PX", "60000"), Buffer.from("OK"))
      assert.ok(value.equals((await send("GET", key)) as Buffer))
      assert.equal(await send("DEL", key), 1)
    },
  },
  {
    id: "refusals",
    name: "an error is the server's word and the command's name, without a key, a value or the server's text",
    async run(scene) {
      const { send } = bound(await scene.connect())
      const key = `${scene.key()}secret`
      await send("SET", key, "secret")
      const script = "return redis.call('HGET', KEYS[1], 'secret')"
      const failures = [
        await send("HSET", key, "secret", "secret"),
        await send("NOSUCHCOMMAND", "secret"),
        await send("EVALSHA", "0".repeat(40), "0", "secret"),
        await send("EVAL", script, "1", key),
        await send("EVAL", "return redis.error_reply('CUSTOM secret')", "0"),
      ]
      assert.deepEqual(
        failures.map((each) => isError(each) && [each.code, each.facts["command"], each.facts["reply"]]),
        [
          ["SERVER_REFUSED", "HSET", "WRONGTYPE"],
          ["SERVER_REFUSED", "NOSUCHCOMMAND", "ERR"],
          ["SERVER_REFUSED", "EVALSHA", "NOSCRIPT"],
          ["SERVER_REFUSED", "EVAL", "WRONGTYPE"],
          ["SERVER_REFUSED", "EVAL", "CUSTOM"],
        ],
      )
      assert.doesNotMatch(inspect(failures, { depth: 20, showHidden: true }), /secret/)
    },
  },
  {
    id: "order",
    name: "commands of one turn are carried out in their order, and each is answered once, with its own reply",
    async run(scene) {
      const { link } = await scene.connect()
      const key = scene.key()
      const heard: string[] = []
      await new Promise<void>((resolve) => {
        const hear = (outcome: unknown): void => {
          heard.push(
            isError(outcome) ? String((outcome as { facts: { reply?: unknown } }).facts.reply) : String(outcome),
          )
          if (heard.length === 600) resolve()
        }
        for (let round = 1; round <= 200; round++) {
          link.send(["INCR", key], { answered: hear, refused: hear })
          link.send(["ECHO", `${round}:${"x".repeat(round)}`], { answered: hear, refused: hear })
          link.send(["LPUSH", key, "x"], { answered: hear, refused: hear })
        }
        assert.deepEqual(heard, [], "an outcome came before the turn had ended")
      })
      const expected = Array.from({ length: 200 }, (_, at) => [at + 1, `${at + 1}:${"x".repeat(at + 1)}`, "WRONGTYPE"])
      assert.deepEqual(heard, expected.flat().map(String))
    },
  },
  {
    id: "redirection",
    name: "a slot of another server is a refusal that names it; nothing is sent on",
    topology: "cluster",
    async run(scene) {
      const { send } = bound(await scene.connect())
      const error = await send("SET", "foo", "v")
      assert.ok(isError(error))
      const { reply, slot, address } = error.facts
      assert.deepEqual([error.code, reply, slot], ["SERVER_REFUSED", "MOVED", 12_182])
      assert.match(String(address), /^127\.0\.0\.1:\d+$/)
      assert.notEqual(address, `${scene.server.host}:${scene.server.port}`)
    },
  },
]

/** The link's `send` as a function of its own: cases are read more easily. */
function bound(link: { send: (...args: (string | Uint8Array)[]) => Promise<unknown> }) {
  return { send: (...args: (string | Uint8Array)[]) => link.send(...args) }
}
