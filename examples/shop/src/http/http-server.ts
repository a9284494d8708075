import { once } from "node:events"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { createAdaptorServer } from "@hono/node-server"
import type { Hono } from "hono"

/** A listening HTTP server. */
export interface HttpServer {
  readonly url: string
  /** Idempotent. Stops listening, lets requests under way finish for a moment, then ends every connection. */
  close(): Promise<void>
}

const DRAIN_MS = 1000

/** Serves an app on 127.0.0.1; port 0 means any free one. */
export async function startHttpServer(app: Hono, port: number): Promise<HttpServer> {
  // Without options it is a plain HTTP/1 server.
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  const address = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  return { url: `http://127.0.0.1:${address.port}`, close: () => (closing ??= drain(server)) }
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, "close")
  server.close()
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await closed
  clearTimeout(timer)
}
