import { createServer } from "node:net"
import { once } from "node:events"
import { expect, test } from "vitest"
import { freePort } from "./free-port.ts"

test("a free port can be listened on, and no outgoing connection is given it", async () => {
  const port = await freePort()
  const server = createServer().listen(port, "127.0.0.1")
  await once(server, "listening")
  server.close()
  expect(port).toBeGreaterThan(1024)
  expect(port).toBeLessThan(32_768)
})
