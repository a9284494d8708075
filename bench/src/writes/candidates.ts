import type { Candidate } from "./candidate.ts"
import { handWrittenIoredis, handWrittenNodeRedis } from "./candidates/hand-written.ts"
import { holdfastIoredis, holdfastNodeRedis } from "./candidates/holdfast.ts"

/** Everybody who is measured in writes; a ratio is taken against the `peer` in the same round. */
export const candidates: readonly Candidate[] = [
  handWrittenNodeRedis,
  ...holdfastNodeRedis,
  handWrittenIoredis,
  ...holdfastIoredis,
]
