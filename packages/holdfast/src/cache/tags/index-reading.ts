import type { Store } from "../../contracts/store.ts"
import { tagAddress } from "../../entry/tag-address.ts"
import { checkedTagNames } from "../../entry/tag-names.ts"
import { invalidOption, positiveInteger } from "../../errors/option-checks.ts"
import { callLimits } from "../caller.ts"
import type { IndexReading } from "./index-pages.ts"

const batchMax = 1000
const batchUsual = 200

/** Who reads, and where. */
interface Reader {
  readonly call: "listTag" | "reclaimTag"
  readonly store: Pick<Store, "tagIndex" | "lookTags">
  readonly namespace: string
}

/** How the index of a tag is to be read. Throws `INVALID_TAG` or `INVALID_OPTION`. */
export function indexReading(
  { call, store, namespace }: Reader,
  name: string,
  { signal, batch = batchUsual }: { readonly signal?: AbortSignal; readonly batch?: number },
): IndexReading {
  const { tagIndex } = store
  if (tagIndex === undefined) throw invalidOption("store", "keeps no indexes of tags.")
  checkedTagNames(call, [name])
  const limits = signal && callLimits({ signal }, call)
  if (positiveInteger("batch", batch) > batchMax) throw invalidOption("batch", `must be at most ${batchMax}.`)
  return { store, index: tagIndex, tag: tagAddress(namespace, name), batch, signal: limits?.signal }
}
