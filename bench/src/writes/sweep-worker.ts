// One sweep of one candidate in a process of its own: argv is candidate id, keys, "cluster" or "one", urls; prints keys per second.
import { stock, type Place } from "./place.ts"
import { sweepers } from "./sweeper.ts"

const [id, keys = "0", kind, ...urls] = process.argv.slice(2)
const place: Place = { urls, isCluster: kind === "cluster" }
const sweeper = sweepers.find((each) => each.id === id)
if (sweeper === undefined) throw new Error(`there is no sweeper "${id}"`)
await stock(place, Number(keys))
const { sweep, close } = await sweeper.open(place)
const startedMs = performance.now()
const swept = await sweep()
const tookMs = performance.now() - startedMs
await close()
if (swept !== Number(keys)) throw new Error(`${id} has passed by ${swept} of ${keys} keys`)
console.log(JSON.stringify({ keysPerSecond: (swept / tookMs) * 1000 }))
