import { Pool } from "undici"
import type { Dispatcher } from "undici"
import type { ShopAnswer, ShopRequest } from "./shop-request.ts"

const TIMEOUT_MS = 15_000

/** Sends requests over a bounded number of kept-alive connections. */
export class ShopClient {
  readonly #pool: Pool

  constructor(url: string, connections: number) {
    this.#pool = new Pool(url, {
      connections,
      pipelining: 1,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      connectTimeout: TIMEOUT_MS,
    })
  }

  /** Resolves when the whole answer is there; never rejects. The body is read and thrown away, the headers tell enough. */
  send(request: ShopRequest): Promise<ShopAnswer> {
    return new Promise((resolve) => {
      const { method, path, body } = request
      const options: Dispatcher.DispatchOptions =
        body === undefined ? { method, path } : { method, path, body, headers: { "content-type": "application/json" } }
      let status = 0
      let version = 0
      let versions = ""
      let changed = ""
      this.#pool.dispatch(options, {
        onRequestStart() {},
        onResponseStart(_controller, statusCode, headers) {
          status = statusCode
          version = Number(headers["x-version"] ?? 0)
          versions = String(headers["x-versions"] ?? "")
          changed = String(headers["x-changed"] ?? "")
        },
        onResponseData() {},
        onResponseEnd() {
          resolve({ is: "answer", status, version, versions, changed })
        },
        onResponseError(_controller, error) {
          resolve({ is: "failure", reason: `${error.name}: ${error.message}` })
        },
      })
    })
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}
