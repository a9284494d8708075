import { createServer } from "node:net"

// Below every common ephemeral range (Linux starts at 32768, macOS and Windows at 49152): a server
// that is killed and restarted on its port cannot find it taken by somebody's outgoing connection,
// and a client that retries while it is down cannot connect to itself.
const FIRST_PORT = 15_000
const LAST_PORT = 31_999
const ATTEMPTS = 50

/**
 * A TCP port of 127.0.0.1 that nobody listens on at this moment.
 *
 * It may be taken before it is used: callers start again with another port on EADDRINUSE.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const candidate = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1))
    const port = await tryPort(candidate)
    if (port !== undefined) return port
  }
  const port = await tryPort(0)
  if (port === undefined) throw new Error("No free port on 127.0.0.1: the system gave none.")
  return port
}

function tryPort(candidate: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(undefined))
    server.listen({ port: candidate, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : undefined
      server.close(() => resolve(port))
    })
  })
}
