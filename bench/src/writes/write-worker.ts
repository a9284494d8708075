// One round of one candidate in a process of its own: argv is candidate id, workload id, url, seconds; prints a WriteMeasurement.
import { candidates } from "./candidates.ts"
import { measure } from "./measure.ts"
import { workloads } from "./workload.ts"

const [candidateId, workloadId, url = "", seconds] = process.argv.slice(2)
const candidate = candidates.find(({ id }) => id === candidateId)
const workload = workloads.find(({ id }) => id === workloadId)
if (candidate === undefined || workload === undefined) throw new Error("no such candidate or workload")
console.log(JSON.stringify(await measure(candidate, workload, url, Number(seconds))))
