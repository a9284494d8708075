// One round of one candidate in a process of its own: argv is candidate id, workload id, seconds; prints a GetMeasurement or bytes.
import { bytesPerEntry } from "./bytes.ts"
import { candidates } from "./candidates.ts"
import { measureGets } from "./gets.ts"
import { bytesWorkloads, getWorkloads } from "./workload.ts"

const [candidateId, workloadId, seconds] = process.argv.slice(2)
const candidate = candidates.find(({ id }) => id === candidateId)
const gets = getWorkloads.find(({ id }) => id === workloadId)
const bytes = bytesWorkloads.find(({ id }) => id === workloadId)
if (candidate === undefined) throw new Error("no such candidate")
if (gets !== undefined) console.log(JSON.stringify(await measureGets(candidate, gets, Number(seconds))))
else if (bytes !== undefined) console.log(JSON.stringify(await bytesPerEntry(candidate, bytes)))
else throw new Error("no such workload")
