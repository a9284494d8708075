import type { Bench } from "./bench.ts"
import { dropBench } from "./drop/drop-bench.ts"
import { nearBench } from "./near/near-bench.ts"
import { storeBench } from "./store/store-bench.ts"
import { writeBench } from "./writes/write-bench.ts"

export const benches: readonly Bench[] = [storeBench, nearBench, dropBench, writeBench]
