import { writeSync } from "node:fs"
import { openRedisConnection } from "holdfast/testing"
import { clientCell } from "../cells.ts"

// Opens a connection, closes it when it is told to, should then end by itself, and says how many milliseconds that took.

const [name = "", url = ""] = process.argv.slice(2)
const connection = openRedisConnection(clientCell(name).create(url))
connection.subscribe("c", () => {})
const say = (word: string): void => void writeSync(1, `${word}\n`)
connection.command(0, ["PING"]).then(
  () => say("ready"),
  () => say("away"),
)
process.stdin.once("data", () => {
  const toldMs = performance.now()
  process.on("exit", () => say(String(performance.now() - toldMs)))
  process.stdin.destroy()
  connection.close({ timeoutMs: 200 }).catch(() => process.exit(1))
})
