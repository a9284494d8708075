import { redisClientOf, type RedisClient } from "holdfast/testing"
import { clientConformance, type ClientSubject } from "./client-conformance.ts"
import { matrix, primaryOf } from "./matrix.ts"

matrix("the client port", ({ topology, create, lacks = {} }, servers) => {
  // One for all cases where that is possible: node-redis builds its classes anew for each, which takes longer than a case.
  const clients = new Map<string, RedisClient>()
  const clientOf = (url: string): RedisClient => {
    const entrance = topology === "cluster" ? withUserOf(url, primaryOf(servers()).url) : url
    const client = clients.get(entrance) ?? redisClientOf(create([entrance]))
    clients.set(entrance, client)
    return client
  }
  const subject = (): ClientSubject => ({ topology, server: primaryOf(servers()), create: clientOf })
  return clientConformance(topology, subject).map((each) => ({ ...each, skipped: lacks[each.id] }))
})

/** A cluster's client is told where to go: which address it was made with does not matter, as whom it goes does. */
function withUserOf(from: string, to: string): string {
  const { username, password } = new URL(from)
  return Object.assign(new URL(to), { username, password }).href
}
