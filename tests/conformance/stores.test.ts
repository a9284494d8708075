import { storeConformance } from "holdfast/testing"
import { describe } from "vitest"
import { serverCells } from "../server-cells.ts"
import { matrix, notRun, runCases, urlsOf } from "./matrix.ts"
import { memorySubject, redisSubject } from "./store-subjects.ts"

const [inProcess, ...others] = serverCells.map(({ name }) => ({ row: "in-process", column: name }))

describe("the in-process store", () => {
  if (inProcess !== undefined)
    runCases(
      storeConformance(async () => memorySubject()),
      inProcess,
    )
  if (others.length > 0)
    notRun("the in-process store on other servers", "it needs no server, so it is run once", others)
})

matrix("the Redis store", ({ client, topology, create }, servers) => {
  const namespace = `${client}-${topology}`.replace(" ", "-")
  // One for all cases, as in a user's process: node-redis builds its classes anew for each, which takes longer than a case.
  let shared: unknown
  let opened = 0
  return storeConformance(() =>
    redisSubject(servers(), (shared ??= create(urlsOf(servers()))), `${namespace}-${++opened}`),
  )
})

if (others.length === 0) {
  const reason = "HOLDFAST_SERVERS is not set: `sh tools/get-servers.sh DIR` fetches other servers"
  notRun("the matrix on other servers than the default one", reason, [])
}
