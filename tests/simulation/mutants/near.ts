import type { Mutant } from "./mutant.ts"

/** What keeps near caches right: news of every change, proofs of how complete it is, and fences where it is not (PROTOCOL section 4). */
export const nearMutants: readonly Mutant[] = [
  {
    name: "a-change-that-is-heard-voids-no-marker",
    rule: "NEAR",
    guards: "A look that was answered before a change, and comes after the news of it, is kept.",
    file: "near/near-tier.ts",
    find: "if (marks.isVoid || ",
    replace: "if (",
    mix: "near-late",
    within: 6000,
  },
  {
    name: "looks-are-marked-when-they-are-answered",
    rule: "NEAR",
    guards: "A marker is made after the look was sent.",
    file: "cache/lookout.ts",
    find: "const bytes = await this.#parts.store.look(address)\n      if (bytes === undefined) return this.#notStale(address, absent)",
    replace:
      "const bytes = await this.#parts.store.look(address)\n      if (marker !== undefined) this.#near?.end(marker)\n      marker = this.#near?.mark(address)\n      if (bytes === undefined) return this.#notStale(address, absent)",
    and: [
      {
        file: "cache/lookout.ts",
        find: "const marker = this.#mark(address)\n    const { losses }",
        replace: "let marker = this.#mark(address)\n    const { losses }",
      },
    ],
    mix: "near-late",
    within: 6000,
  },
  {
    name: "fills-are-kept-without-a-marker",
    rule: "NEAR",
    guards: "A marker for a fill is made when the fill was answered.",
    file: "cache/filler.ts",
    find: "const [answer] = await Promise.all([store.fill(grant, entry), marker && this.#lookout.tags.learn(address, stamp)])",
    replace:
      "const [answer] = await Promise.all([store.fill(grant, entry), marker && this.#lookout.tags.learn(address, stamp)])\n      if (marker !== undefined) this.#near?.end(marker)\n      marker = this.#near?.mark(grant.address)",
    and: [
      {
        file: "cache/filler.ts",
        find: "const marker = this.#near?.mark(grant.address)",
        replace: "let marker = this.#near?.mark(grant.address)",
      },
    ],
    mix: "near-late",
    within: 6000,
  },
  {
    name: "changes-are-not-heard",
    rule: "NEAR",
    guards: "News of a change drops no copy.",
    file: "near/near-tier.ts",
    find: "this.drop(change.key)",
    replace: "void change",
    mix: "near",
    within: 100,
  },
  {
    name: "a-change-of-its-own-drops-nothing",
    rule: "NEAR",
    guards: "A process waits for news of what it has changed itself.",
    file: "cache/reader.ts",
    find: "this.flights.detach(address.value)\n    this.near?.drop(address.value)",
    replace: "this.flights.detach(address.value)",
    mix: "near",
    within: 100,
  },
  {
    name: "near-hits-need-no-proof",
    rule: "NEAR",
    guards: "Copies are served however long ago it was proved that all changes had been heard.",
    file: "near/standing.ts",
    find: "return nowMs <= this.#untilMs",
    replace: "return !this.isOver() && maxStalenessMs > 0",
    mix: "near",
    within: 400,
  },
  {
    name: "beats-prove-without-being-heard",
    rule: "NEAR",
    guards: "The answer to a beat alone proves that everything before it was heard.",
    file: "near/beat.ts",
    find: "if (!pending.isAnswered || !pending.isHeard) return",
    replace: "if (!pending.isAnswered) return",
    mix: "near",
    within: 400,
  },
  {
    name: "a-lost-subscriber-socket-fences-nothing",
    rule: "NEAR",
    guards: "Copies survive the loss of the connection that would have told of their changes.",
    file: "near/redis-coherence.ts",
    find: "let witness = this.#witnesses.get(socket)\n    if (witness === undefined) {\n      witness = new ServerWitness(socket, this.doubts)",
    replace:
      "let witness = this.#witnesses.get(socket)\n    if (witness === undefined) {\n      witness = [...this.#witnesses.values()].find((each) => each.socket.node.port === socket.node.port) ?? new ServerWitness(socket, this.doubts)\n      Object.assign(witness, { socket })",
    and: [
      {
        file: "near/redis-coherence.ts",
        find: "if (socket.isLost) this.#witnesses.delete(socket)",
        replace: "void socket",
      },
    ],
    mix: "near",
    within: 400,
  },
  {
    name: "a-move-of-slots-fences-nothing",
    rule: "NEAR",
    guards: "A server vouches on for slots that it has given away.",
    file: "near/server-witness.ts",
    find: 'this.raise("slots were moved")',
    replace: "void slots",
    mix: "near-moves",
    within: 6000,
  },
]
