import { cutMidReply } from "./cut.ts"
import type { FaultCell } from "./fault-cell.ts"
import { acceptsOnly, frozen } from "./half-open.ts"
import { loading } from "./loading.ts"
import { passwordChanged, passwordSet } from "./noauth.ts"
import { outOfMemory } from "./oom.ts"
import { demoted } from "./readonly.ts"
import { killed, refusedAtBoot } from "./refused.ts"
import { slices, slow } from "./slow.ts"
import { closeUnanswered, fillUnanswered, invalidateUnanswered, leaseUnanswered } from "./unanswered.ts"
import { foreignControlKeys, foreignValueKeys } from "./wrongtype.ts"

/** Every fault that is tried with every client. */
export const faultCells: readonly FaultCell[] = [
  refusedAtBoot,
  killed,
  acceptsOnly,
  frozen,
  cutMidReply,
  leaseUnanswered,
  fillUnanswered,
  invalidateUnanswered,
  closeUnanswered,
  slow,
  slices,
  demoted,
  loading,
  outOfMemory,
  passwordSet,
  passwordChanged,
  foreignValueKeys,
  foreignControlKeys,
]
