import { createServer } from "node:http"
import { parentPort } from "node:worker_threads"
import { carrierLimit } from "./carrier-limit.ts"
import { countries, parcels } from "./parcels.ts"
import { createTokenBucket } from "./token-bucket.ts"

// Somebody else's service: a small HTTP API that quotes shipping prices and answers 429 above its rate limit.
const allow = createTokenBucket(carrierLimit, () => performance.now())

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? "/", "http://carrier")
  const country = countries.indexOf(searchParams.get("country") ?? "")
  const parcel = parcels.indexOf(searchParams.get("parcel") ?? "")
  if (!allow()) return void response.writeHead(429, { "retry-after": "1" }).end()
  if (country === -1 || parcel === -1) return void response.writeHead(404).end()
  const quote = { cents: 390 + 110 * (country % 7) + 250 * parcel, days: 1 + (country % 6) }
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(quote))
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  parentPort?.postMessage(typeof address === "object" && address !== null ? address.port : 0)
})
