import { createServer, connect, type AddressInfo, type Socket } from "node:net"

/** One address that leads to one server, and after a fail-over to another. */
export interface MovingAddress extends AsyncDisposable {
  readonly url: string
  /** Breaks all connections; the next ones lead there. */
  moveTo(port: number): void
}

/** Listens on a free port of 127.0.0.1. */
export async function startMovingAddress(port: number): Promise<MovingAddress> {
  let target = port
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1")
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on("error", () => to.destroy())
      from.on("close", () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  const cut = (): void => sockets.forEach((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    moveTo(next) {
      target = next
      cut()
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      cut()
      await closed
    },
  }
}
