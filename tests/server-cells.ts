import { listServers, type RedisBinary } from "@holdfast/servers"

/** A server release: what a test of the matrix runs once on each of. */
export interface ServerCell {
  /** Such as "valkey 8.1.1". */
  readonly name: string
  readonly binary: RedisBinary
  /** Whether it is the one that all other tests run on. */
  readonly isDefault: boolean
}

/** The servers that are to be had: the default first, then those of HOLDFAST_SERVERS. */
export const serverCells: readonly ServerCell[] = listServers().map((binary, at) => ({
  name: `${binary.engine} ${binary.version}`,
  binary,
  isDefault: at === 0,
}))
