/** What a server of a cluster says of its own slots. */
export interface OwnSlots {
  /** The same for as long as it owns the same slots by the same right. */
  readonly fingerprint: string
  /** Whether it owns a slot that is not on its way to or from another server. */
  has(slot: number): boolean
}

/** Reads the reply to CLUSTER NODES; undefined if the server does not name itself there. */
export function ownSlotsOf(clusterNodes: string): OwnSlots | undefined {
  const own = clusterNodes.split("\n").find((line) => /^\S+ \S+ \S*\bmyself\b/.test(line))
  if (own === undefined) return undefined
  const [, , , , , , configEpoch = "", , ...texts] = own.trim().split(" ")
  const isOnMove = (text: string): boolean => text.startsWith("[")
  const ranges = texts.filter((text) => !isOnMove(text)).map(rangeOf)
  const onMove = new Set(texts.filter(isOnMove).map((text) => Number.parseInt(text.slice(1), 10)))
  return {
    fingerprint: `${configEpoch} ${texts.join(" ")}`,
    has: (slot) => !onMove.has(slot) && ranges.some(([from, to]) => from <= slot && slot <= to),
  }
}

/** `5` or `5-9`. */
function rangeOf(text: string): readonly [from: number, to: number] {
  const [from = Number.NaN, to = from] = text.split("-").map(Number)
  return [from, to]
}
