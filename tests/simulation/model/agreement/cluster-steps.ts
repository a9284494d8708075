import type { Draws } from "./draws.ts"
import { anyKey, keys } from "./random-commands.ts"
import { randomScript } from "./random-scripts.ts"

/** What is done to a cluster; nodes are named by their place in the list. */
export type ClusterStep =
  | { readonly is: "command"; readonly node: number; readonly asking: boolean; readonly args: readonly string[] }
  /** Opens a move of the slot from its owner to another, if none is open. */
  | { readonly is: "begin"; readonly by: number }
  | { readonly is: "migrate"; readonly keys: readonly string[] }
  | { readonly is: "finish" }
  | { readonly is: "abort" }

const longLife = (draws: Draws): string => draws.of("50000", "60000")
const elsewhere = "another"

function anyCommand(draws: Draws): readonly string[] {
  return draws.weighted<() => readonly string[]>([
    [3, () => ["GET", anyKey(draws)]],
    [4, () => ["SET", anyKey(draws), draws.of("a", "b"), ...draws.of([], ["PX", "50000"], ["NX"])]],
    [3, () => ["DEL", anyKey(draws), ...draws.of([], [anyKey(draws)])]],
    [3, () => ["MGET", keys.value, keys.control]],
    [1, () => ["MGET", keys.value, keys.value]],
    [1, () => ["GET", elsewhere]],
    [1, () => draws.of(["MGET", keys.value, elsewhere], ["EVAL", "return 1", "2", keys.value, elsewhere])],
    [1, () => ["SET", elsewhere, "c"]],
    [1, () => ["SCAN", "0", "MATCH", "{e}:*", "COUNT", "10000"]],
    [1, () => ["PUBLISH", "{e}:wake", draws.of("m", "n")]],
    [1, () => draws.of(["EVAL", "return 1", "0"], ["TYPE", keys.value], ["CLUSTER", "KEYSLOT", keys.value])],
    // Scripts whose commands leave the keys that they were sent for, or find them gone half-way.
    [1, () => ["EVAL", "return redis.call('GET', ARGV[1])", "1", keys.value, draws.of(elsewhere, keys.other)]],
    [1, () => ["EVAL", "return redis.pcall('SET', ARGV[1], 'x')", "0", draws.of(keys.value, keys.other)]],
    [1, () => ["EVAL", "redis.call('DEL', KEYS[1]) return redis.call('SET', KEYS[1], 'again')", "1", anyKey(draws)]],
    [12, () => randomScript(draws, longLife)],
  ])()
}

/** One step; of a move as often as `moves` says. */
export function anyClusterStep(draws: Draws, nodes: number): ClusterStep {
  return draws.weighted<() => ClusterStep>([
    [40, () => ({ is: "command", node: draws.below(nodes), asking: draws.chance(0.3), args: anyCommand(draws) })],
    [2, () => ({ is: "begin", by: 1 + draws.below(nodes - 1) })],
    [3, () => ({ is: "migrate", keys: [anyKey(draws)] })],
    [0.4, () => ({ is: "finish" })],
    [0.4, () => ({ is: "abort" })],
  ])()
}
