import { beat } from "./generated/beat.ts"
import { beginTag } from "./generated/begin-tag.ts"
import { closeWindow } from "./generated/close-window.ts"
import { completeTag } from "./generated/complete-tag.ts"
import { extendLease } from "./generated/extend-lease.ts"
import { extendWindow } from "./generated/extend-window.ts"
import { fill } from "./generated/fill.ts"
import { invalidateControl } from "./generated/invalidate-control.ts"
import { invalidateTag } from "./generated/invalidate-tag.ts"
import { invalidateValue } from "./generated/invalidate-value.ts"
import { invalidate } from "./generated/invalidate.ts"
import { keepUnchanged } from "./generated/keep-unchanged.ts"
import { lease } from "./generated/lease.ts"
import { leaseStrict } from "./generated/lease-strict.ts"
import { openStrictControl } from "./generated/open-strict-control.ts"
import { openStrictWindow } from "./generated/open-strict-window.ts"
import { openWindow } from "./generated/open-window.ts"
import { putVersioned } from "./generated/put-versioned.ts"
import { raiseTombstone } from "./generated/raise-tombstone.ts"
import { releaseLease } from "./generated/release-lease.ts"
import { renew } from "./generated/renew.ts"
import { indexTag } from "./generated/index-tag.ts"
import { listTag } from "./generated/list-tag.ts"
import { unlistEntries } from "./generated/unlist-entries.ts"
import { reclaim } from "./generated/reclaim.ts"
import { publishEvent } from "./generated/publish-event.ts"
import { readEvents } from "./generated/read-events.ts"
import { tagClock } from "./generated/tag-clock.ts"

/** Every script that the library sends, as it sends it. */
export const libraryScripts: readonly { readonly name: string; readonly sha1: string; readonly lua: string }[] = [
  beat,
  beginTag,
  closeWindow,
  completeTag,
  extendLease,
  extendWindow,
  fill,
  invalidate,
  invalidateControl,
  invalidateTag,
  invalidateValue,
  keepUnchanged,
  lease,
  leaseStrict,
  openStrictControl,
  openStrictWindow,
  openWindow,
  putVersioned,
  raiseTombstone,
  releaseLease,
  renew,
  indexTag,
  listTag,
  unlistEntries,
  reclaim,
  publishEvent,
  readEvents,
  tagClock,
]
