import type { NodeAddress } from "../../../contracts/redis-client.ts"

/** What a server of a cluster says of itself, and of where others are. */
export interface ServerReport {
  /** Its name in the cluster. */
  readonly id: string
  /** Rises whenever it takes a slot over that was another's, unless it is the highest of all already. */
  readonly epoch: number
  /** The slots that it owns, both ends included. */
  readonly ranges: readonly (readonly [from: number, to: number])[]
  /** Slots on their way to another server, with its name. */
  readonly leaving: ReadonlyMap<number, string>
  /** Slots on their way from another server, with its name. */
  readonly arriving: ReadonlyMap<number, string>
  /** Other servers that own slots, and those that slots are on their way to or from. */
  readonly others: ReadonlyMap<string, NodeAddress>
}

interface Line {
  readonly id: string
  readonly address: string
  readonly flags: readonly string[]
  readonly epoch: number
  readonly slots: readonly string[]
}

/** Reads the reply to CLUSTER NODES; undefined if the server does not name itself there. */
export function readReport(clusterNodes: string, asked: NodeAddress): ServerReport | undefined {
  const lines = clusterNodes.split("\n").flatMap((line) => readLine(line) ?? [])
  const own = lines.find(({ flags }) => flags.includes("myself"))
  if (own === undefined) return undefined
  const moves = own.slots.filter((text) => text.startsWith("["))
  const [leaving, arriving] = [movesIn(moves, "->-"), movesIn(moves, "-<-")]
  const named = new Set([...leaving.values(), ...arriving.values()])
  const known = lines.filter((line) => isReachable(line) && (line.slots.length > 0 || named.has(line.id)))
  return {
    id: own.id,
    epoch: own.epoch,
    ranges: own.slots.filter((text) => !text.startsWith("[")).map(readRange),
    leaving,
    arriving,
    others: new Map(known.map(({ id, address }) => [id, readAddress(address, asked)])),
  }
}

function readLine(line: string): Line | undefined {
  const [id = "", address = "", flags = "", , , , epoch, , ...slots] = line.trim().split(" ")
  return address === "" ? undefined : { id, address, flags: flags.split(","), epoch: Number(epoch), slots }
}

function isReachable({ flags }: Line): boolean {
  const isFit = flags.includes("master") && !flags.includes("myself")
  return isFit && !["fail", "noaddr", "handshake"].some((flag) => flags.includes(flag))
}

/** `[77->-id]` or `[77-<-id]`. */
function movesIn(texts: readonly string[], arrow: string): Map<number, string> {
  const found = texts.filter((text) => text.includes(arrow)).map((text) => text.slice(1, -1).split(arrow))
  return new Map(found.map(([slot, id = ""]) => [Number(slot), id]))
}

/** `5` or `5-9`. */
function readRange(text: string): readonly [number, number] {
  const [from = Number.NaN, to = from] = text.split("-").map(Number)
  return [from, to]
}

/** `10.0.0.1:7000@17000,name`; a server that does not know its own address gives none. */
function readAddress(text: string, asked: NodeAddress): NodeAddress {
  const [place = ""] = text.split("@")
  const at = place.lastIndexOf(":")
  return { host: place.slice(0, at) || asked.host, port: Number(place.slice(at + 1)) }
}
