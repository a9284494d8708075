import { openRedisConnection } from "holdfast/testing"
import { clientCell } from "../cells.ts"

// Opens a connection, closes it when it is told to, and should then end by itself.

const [name = "", url = ""] = process.argv.slice(2)
const connection = openRedisConnection(clientCell(name).create(url))
connection.subscribe("c", () => {})
connection.command(0, ["PING"]).then(
  () => process.stdout.write("ready\n"),
  () => process.stdout.write("away\n"),
)
process.stdin.once("data", () => {
  process.stdin.destroy()
  connection.close({ timeoutMs: 200 }).then(
    () => process.stdout.write("closed\n"),
    () => process.exit(1),
  )
})
