import { Redis as Ioredis6 } from "ioredis"
import { Redis as Ioredis5 } from "ioredis5"
import { createClient as createRedis6 } from "redis"
import { createClient as createRedis5 } from "redis5"

/** A client library in one major version: what a test runs once for each of. */
export interface ClientCell {
  readonly name: string
  /** A client as a user makes it, not connected: Holdfast opens connections of its own. */
  create(url: string): unknown
}

/** The clients that Holdfast promises to work with. */
export const clientCells: readonly ClientCell[] = [
  { name: "redis 6", create: (url) => createRedis6({ url }) },
  { name: "redis 5", create: (url) => createRedis5({ url }) },
  { name: "ioredis 6", create: (url) => new Ioredis6(url, { lazyConnect: true }) },
  { name: "ioredis 5", create: (url) => new Ioredis5(url, { lazyConnect: true }) },
]

/** The same as rows of `test.each`, so that a test is named after its client. */
export const clientRows: readonly (readonly [string, ClientCell])[] = clientCells.map((cell) => [cell.name, cell])

/** The cell of this name. Throws if there is none. */
export function clientCell(name: string): ClientCell {
  const cell = clientCells.find((each) => each.name === name)
  if (cell === undefined) throw new Error(`There is no client cell named "${name}".`)
  return cell
}
