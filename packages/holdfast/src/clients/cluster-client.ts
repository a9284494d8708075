import type { NodeAddress, RedisClient } from "../contracts/redis-client.ts"

/** A cluster client's settings, in the form of clients for a single server that have them. */
export interface ClusterSettings {
  /** One for each server named in the configuration, with what is set for that server alone. */
  readonly entrances: readonly RedisClient[]
  /** For the servers that the cluster names. */
  readonly node: RedisClient
  /** Where an address that the cluster names is reached from here; undefined: there. */
  readonly mapped: (address: string) => NodeAddress | undefined
}

/** A cluster client as a source of connections: every one of them leads to one server. */
export function clusterClient({ entrances, node, mapped }: ClusterSettings): RedisClient {
  return {
    driver: node.driver,
    topology: "cluster",
    seeds: entrances.flatMap(({ seeds }) => seeds),
    connect: (request) => {
      const { host, port } = request.node ?? {}
      const entrance = entrances.find(({ seeds: [seed] }) => seed?.host === host && seed?.port === port)
      if (entrance !== undefined) return entrance.connect({ ...request, node: undefined })
      return node.connect({ ...request, node: mapped(`${host}:${port}`) ?? request.node })
    },
  }
}

/** What users give to translate addresses: a table or a function, both of "host:port". */
export type AddressMap =
  | Readonly<Record<string, NodeAddress>>
  | ((address: string) => NodeAddress | null | undefined)
  | null
  | undefined

export function addressMapper(map: AddressMap): (address: string) => NodeAddress | undefined {
  return (address) => {
    const found = typeof map === "function" ? map(address) : map?.[address]
    return found ? { host: found.host, port: found.port } : undefined
  }
}
