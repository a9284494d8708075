import { connect, createServer, type Socket } from "node:net"
import { freePort } from "@holdfast/servers"

/** A proxy in front of a local Redis that can answer a GET with the reply to another one. */
export interface MisroutingProxy extends AsyncDisposable {
  readonly url: string
  /** Connections accepted so far, and connections that the client has closed. */
  readonly accepted: number
  readonly closed: number
  /** GETs that were answered wrongly so far. */
  readonly misrouted: number
  /** The next GET of `wanted`, on whatever connection, is answered as a GET of `given`; both of the same length. */
  misrouteNext(wanted: string, given: string): void
}

/** Starts one on a free port of 127.0.0.1. */
export async function startMisroutingProxy(targetPort: number): Promise<MisroutingProxy> {
  const state = {
    accepted: 0,
    closed: 0,
    misrouted: 0,
    plan: undefined as { wanted: string; given: string } | undefined,
  }
  const sockets = new Set<Socket>()
  const rewrite = (chunk: Buffer): Buffer => {
    const text = chunk.toString("latin1")
    const request = new RegExp(`(get\r\n\\$\\d+\r\n)${escaped(state.plan?.wanted ?? "")}(\r\n)`, "i")
    if (state.plan === undefined || !request.test(text)) return chunk
    const { given } = state.plan
    state.plan = undefined
    state.misrouted += 1
    return Buffer.from(
      text.replace(request, (_all, head: string, end: string) => `${head}${given}${end}`),
      "latin1",
    )
  }
  const server = createServer((client) => {
    state.accepted += 1
    const target = connect({ host: "127.0.0.1", port: targetPort, noDelay: true })
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(one)
      one.on("error", () => other.destroy())
      one.on("close", () => other.destroy())
    }
    client.on("close", () => (state.closed += 1))
    client.on("data", (chunk) => target.write(rewrite(chunk)))
    target.on("data", (chunk) => client.write(chunk))
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  return {
    url: `redis://127.0.0.1:${port}`,
    get accepted() {
      return state.accepted
    },
    get closed() {
      return state.closed
    },
    get misrouted() {
      return state.misrouted
    },
    misrouteNext: (wanted, given) => {
      if (wanted.length !== given.length) throw new Error("Both keys must be of the same length.")
      state.plan = { wanted, given }
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** The text as a pattern that matches it and nothing else. */
function escaped(text: string): string {
  return text.replace(/[^\w]/g, String.raw`\$&`)
}
