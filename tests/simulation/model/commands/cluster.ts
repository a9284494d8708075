import { keySlot } from "../key-slot.ts"
import type { ModelCluster } from "../model-cluster.ts"
import type { ModelNode } from "../model-node.ts"
import { ModelError, type ModelReply } from "../model-reply.ts"
import { keysIn, type SlotMove } from "../slot-move.ts"
import { command, container, type Command } from "./command.ts"
import { integer } from "./integers.ts"
import type { CommandReply } from "./reply.ts"

const noCluster = new ModelError("ERR This instance has cluster support disabled")
const invalidSlot = new ModelError("ERR Invalid or out of range slot")

function slots({ ranges }: ModelCluster): ModelReply {
  return ranges.map(({ from, to, owner }) => [from, to, [owner.node.host, owner.node.port, owner.clusterId, []]])
}

function info({ nodes, ranges, isOk }: ModelCluster): string {
  const assigned = ranges.reduce((count, { from, to }) => count + to - from + 1, 0)
  const fields = {
    cluster_enabled: 1,
    cluster_state: isOk ? "ok" : "fail",
    cluster_slots_assigned: assigned,
    cluster_known_nodes: nodes.length,
    cluster_size: new Set(ranges.map(({ owner }) => owner)).size,
  }
  return Object.entries(fields)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join("")
}

/** One line per server, its own slots and those on the move last; link states and times are not modelled. */
function nodes({ nodes: all, ranges, moves, epochOf }: ModelCluster, node: ModelNode): string {
  const line = (other: ModelNode): string => {
    const owned = ranges.filter(({ owner }) => owner === other)
    const slotTexts = owned.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
    const onMove = other === node ? moves.flatMap((move) => marksOf(move, node)) : []
    const { host, port } = other.node
    const flags = other === node ? "myself,master" : "master"
    const head = `${other.clusterId} ${host}:${port}@${port + 10_000} ${flags} - 0 0 ${epochOf(other)} connected`
    return [head, ...slotTexts, ...onMove].join(" ")
  }
  return all.map((other) => `${line(other)}\n`).join("")
}

function marksOf({ slot, from, to }: SlotMove, node: ModelNode): string[] {
  if (from === node) return [`[${slot}->-${to.clusterId}]`]
  return to === node ? [`[${slot}-<-${from.clusterId}]`] : []
}

type Run = (cluster: ModelCluster, node: ModelNode, args: readonly string[]) => CommandReply

function subcommand(about: string, run: Run): Command {
  return command(`cluster|${about} stale`, undefined, ({ node }, [, , ...args]) =>
    node.cluster === undefined ? noCluster : run(node.cluster, node, args),
  )
}

function countKeys(_: ModelCluster, node: ModelNode, [text = ""]: readonly string[]): CommandReply {
  const slot = integer(text)
  return slot === undefined ? invalidSlot : keysIn(node, slot).length
}

function someKeys(_: ModelCluster, node: ModelNode, [text = "", mostText = ""]: readonly string[]): CommandReply {
  const [slot, most] = [integer(text), integer(mostText)]
  return slot === undefined || most === undefined ? invalidSlot : keysIn(node, slot).slice(0, most)
}

const others =
  "addslots addslotsrange bumpepoch count-failure-reports delslots delslotsrange failover flushslots forget help links " +
  "meet replicas replicate reset saveconfig set-config-epoch setslot shards slaves"

export const clusterCommands: readonly Command[] = [
  container(
    "cluster -2",
    [
      subcommand("slots 2", slots),
      subcommand("info 2", info),
      subcommand("nodes 2", nodes),
      subcommand("myid 2", (_, node) => node.clusterId),
      subcommand("keyslot 3", (_, __, [key = ""]) => keySlot(key)),
      subcommand("countkeysinslot 3", countKeys),
      subcommand("getkeysinslot 4", someKeys),
    ],
    others,
  ),
]
