import { batchMutants } from "./batches.ts"
import { connectionMutants } from "./connections.ts"
import { envelopeMutants } from "./envelope.ts"
import { freshnessMutants } from "./freshness.ts"
import { generationMutants } from "./generation.ts"
import { groupMutants } from "./groups.ts"
import { invalidationMutants } from "./invalidation.ts"
import { indexMutants } from "./index-of-tags.ts"
import { joiningMutants } from "./joining.ts"
import { journalMutants } from "./journal.ts"
import { leaseMutants } from "./leases.ts"
import { lifeMutants } from "./lives.ts"
import type { Mutant } from "./mutant.ts"
import { nearMutants } from "./near.ts"
import { outageMutants } from "./outages.ts"
import { patternMutants } from "./patterns.ts"
import { presenceMutants } from "./presence.ts"
import { replayMutants } from "./replay.ts"
import { servingMutants } from "./serving.ts"
import { strictMutants } from "./strict.ts"
import { tagMutants } from "./tags.ts"
import { unitMutants } from "./units.ts"
import { trackingMutants } from "./tracking.ts"
import { versionMutants } from "./versions.ts"
import { windowMutants } from "./windows.ts"

/** Every mutant that the simulator must kill. */
export const mutants: readonly Mutant[] = [
  ...presenceMutants,
  ...invalidationMutants,
  ...generationMutants,
  ...versionMutants,
  ...windowMutants,
  ...leaseMutants,
  ...envelopeMutants,
  ...servingMutants,
  ...joiningMutants,
  ...journalMutants,
  ...batchMutants,
  ...nearMutants,
  ...outageMutants,
  ...tagMutants,
  ...groupMutants,
  ...freshnessMutants,
  ...lifeMutants,
  ...strictMutants,
  ...unitMutants,
  ...patternMutants,
  ...indexMutants,
  ...trackingMutants,
  ...connectionMutants,
  ...replayMutants,
]
