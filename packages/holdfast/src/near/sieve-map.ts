/** What a {@link SieveMap} holds: a value with what eviction has to know of it. */
export interface SieveNode {
  /** What it is found by. */
  readonly key: string
  /** What it counts against the byte budget. May not change while it is in a map. */
  readonly bytes: number
  /** Whether it was asked for since the hand last passed. Belongs to the map. */
  visited: boolean
}

/**
 * A map from text to node that evicts by SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi: NSDI 2024) and keeps two budgets.
 *
 * A hit is one look into a `Map`, and one write if the node was not visited before: nothing is moved. The queue is the order of
 * insertion that the `Map` keeps anyway, so a node has no links.
 */
export class SieveMap<N extends SieveNode> {
  readonly #nodes = new Map<string, N>()
  readonly #maxEntries: number
  readonly #maxBytes: number
  #bytes = 0
  #evictions = 0
  /** Where the next search for a victim begins; undefined: at the oldest node. */
  #hand: N | undefined
  /** What comes after the hand, from old to new. */
  #beyond: MapIterator<N> | undefined
  /** Nodes added since the hand last moved. */
  #addedAtRest = 0

  /** @param budgets `maxEntries` at least 1; `maxBytes` over the `bytes` of all nodes */
  constructor(budgets: { readonly maxEntries: number; readonly maxBytes: number }) {
    this.#maxEntries = budgets.maxEntries
    this.#maxBytes = budgets.maxBytes
  }

  get size(): number {
    return this.#nodes.size
  }

  /** Bytes of all nodes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Nodes that had to go for others since the map was made. */
  get evictions(): number {
    return this.#evictions
  }

  /** The node of a key, which counts as a visit. */
  get(key: string): N | undefined {
    const node = this.#nodes.get(key)
    if (node !== undefined && !node.visited) node.visited = true
    return node
  }

  /** The node of a key, without a visit. */
  peek(key: string): N | undefined {
    return this.#nodes.get(key)
  }

  /**
   * Adds a node, or puts it in the place of the one of its key, whose visits it inherits. Evicts until both budgets are kept.
   *
   * @returns false if the node alone is larger than the byte budget: then it is not kept, and what was there under its key is gone
   */
  set(node: N): boolean {
    const old = this.#nodes.get(node.key)
    if (node.bytes > this.#maxBytes) {
      if (old !== undefined) this.#remove(old)
      return false
    }
    if (old === undefined) this.#add(node)
    else this.#replace(old, node)
    return true
  }

  /** Removes the node of a key; answers whether there was one. */
  delete(key: string): boolean {
    const node = this.#nodes.get(key)
    if (node !== undefined) this.#remove(node)
    return node !== undefined
  }

  clear(): void {
    this.#nodes.clear()
    this.#bytes = 0
    this.#letGo()
  }

  #add(node: N): void {
    node.visited = false
    while (this.#nodes.size >= this.#maxEntries || this.#bytes + node.bytes > this.#maxBytes) this.#evict(undefined)
    this.#nodes.set(node.key, node)
    this.#bytes += node.bytes
    // An iterator keeps every table that the map has had since the iterator last moved, with all that was in it.
    if (++this.#addedAtRest > this.#nodes.size) this.#letGo()
  }

  #replace(old: N, node: N): void {
    node.visited = old.visited
    this.#nodes.set(node.key, node)
    this.#bytes += node.bytes - old.bytes
    if (this.#hand === old) this.#hand = node
    while (this.#bytes > this.#maxBytes) this.#evict(node)
  }

  #remove(node: N): void {
    if (this.#hand === node) this.#hand = this.#next()
    this.#nodes.delete(node.key)
    this.#bytes -= node.bytes
  }

  /** @param spared a node that stays, visited or not; there must be another one */
  #evict(spared: N | undefined): void {
    let victim = this.#hand ?? this.#oldest()
    while (victim.visited || victim === spared) {
      victim.visited = false
      victim = this.#next() ?? this.#oldest()
    }
    this.#hand = victim
    this.#remove(victim)
    this.#evictions += 1
  }

  #oldest(): N {
    this.#beyond = this.#nodes.values()
    return this.#next() as N
  }

  /** Moves on; undefined past the newest node, from where the next search begins anew. */
  #next(): N | undefined {
    this.#addedAtRest = 0
    return this.#beyond?.next().value
  }

  #letGo(): void {
    this.#hand = undefined
    this.#beyond = undefined
    this.#addedAtRest = 0
  }
}
