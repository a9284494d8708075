import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { Pool } from "undici"

/** What shipping one parcel costs. */
export interface Quote {
  readonly cents: number
  readonly days: number
}

/** The carrier has had enough of our calls: ask again later. */
export class CarrierRefused extends Error {
  override readonly name: string = "CarrierRefused"

  constructor() {
    super("The carrier's rate limit is reached (429).")
  }
}

/** The third party that quotes shipping prices, reached over HTTP. */
export interface Carrier {
  /** Rejects with {@link CarrierRefused} above the rate limit; undefined if the carrier does not deliver there. */
  quote(country: string, parcel: string, signal?: AbortSignal): Promise<Quote | undefined>
  close(): Promise<void>
}

/** Starts the carrier's service in a thread of its own, so that its work is not charged to the shop. */
export async function startCarrier(): Promise<Carrier> {
  const worker = new Worker(new URL("./carrier-worker.js", import.meta.url))
  const [port] = (await once(worker, "message")) as [number]
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 8 })
  return {
    async quote(country, parcel, signal) {
      const query = new URLSearchParams({ country, parcel })
      const { statusCode, body } = await pool.request({
        method: "GET",
        path: `/quote?${query.toString()}`,
        ...(signal === undefined ? {} : { signal }),
      })
      if (statusCode === 200) return (await body.json()) as Quote
      await body.dump()
      if (statusCode === 404) return undefined
      if (statusCode === 429) throw new CarrierRefused()
      throw new Error(`The carrier answered ${statusCode}.`)
    },
    async close() {
      await pool.destroy()
      await worker.terminate()
    },
  }
}
