import { redisClientOf, type RedisClient } from "holdfast/testing"
import { clientConformance, type ClientSubject } from "./client-conformance.ts"
import { matrix, primaryOf } from "./matrix.ts"

matrix("the client port", ({ topology, create, lacks = {} }, servers) => {
  // One for all cases of an address: node-redis builds its classes anew for each, which takes longer than a case.
  const clients = new Map<string, RedisClient>()
  const clientOf = (url: string): RedisClient => {
    const client = clients.get(url) ?? redisClientOf(create([url]))
    clients.set(url, client)
    return client
  }
  const subject = (): ClientSubject => ({ topology, server: primaryOf(servers()), create: clientOf })
  return clientConformance(topology, subject).map((each) => ({ ...each, skipped: lacks[each.id] }))
})
