import type { Edit, Mutant } from "./mutant.ts"

const store = "stores/redis/redis-store.ts"
const closing = "stores/redis/window-closing.ts"
const nodeLink = "connection/node-link.ts"

const fillUnbound: Edit = {
  file: store,
  find: '["stored", "lost", "older"], boundTo(generation))',
  replace: '["stored", "lost", "older"])',
}
const closeUnbound: Edit = {
  file: closing,
  find: "await this.#close(grant, entry, request, { ...sending, ...boundTo(grant.generation) })",
  replace: "await this.#close(grant, entry, request, sending)",
}

/** R4: leases and windows count only on the connection that granted them. */
export const generationMutants: readonly Mutant[] = [
  {
    name: "fill-on-any-connection",
    rule: "R4",
    guards: "After a fail-over to an older copy, a fill meets its lease from before an invalidation.",
    file: "cache/filler.ts",
    find: "!store.isCurrent(grant) || ",
    replace: "",
    and: [fillUnbound],
    mix: "fail-over",
    within: 970,
  },
  {
    name: "close-on-any-connection",
    rule: "R4",
    guards: "After a fail-over to an older copy, a close meets its window from before an overlap, and stores.",
    file: "cache/writer.ts",
    find: "this.#parts.store.isCurrent(window) ? sealed : undefined",
    replace: "sealed",
    and: [
      { file: closing, find: "entry !== undefined && this.#isCurrent(grant)", replace: "entry !== undefined" },
      closeUnbound,
    ],
    mix: "fail-over-writers",
    within: 1700,
  },
  {
    name: "generation-outlives-its-socket",
    rule: "R4",
    guards: "A lease of one run of the server counts in the next.",
    file: "connection/data-socket.ts",
    find: "{ link, generation: prepared, ",
    replace: "{ link, generation: (options.serverClock.kept ??= prepared), ",
    mix: "fail-over",
    within: 60,
  },
  {
    name: "change-of-role-goes-unnoticed",
    rule: "R4",
    guards: "A server that takes another's history while its sockets stay open keeps its generation.",
    file: "connection/generation.ts",
    find: "role === generation.role && replId === generation.replId",
    replace: "true",
    mix: "demotion",
    within: 60,
  },
  {
    name: "replicas-are-read",
    rule: "R4",
    guards: "A replica that lags answers with what was invalidated.",
    file: "connection/data-socket.ts",
    find: 'generation.role === "replica"',
    replace: "false",
    mix: "demotion",
    within: 64,
  },
  {
    name: "refusing-replica-is-kept",
    rule: "R4",
    guards: "A server that has become a replica and refuses every write is asked on for ever.",
    file: nodeLink,
    find: 'if (kind === "misplaced") this.#lost(socket, refusals.reasonOf(error))',
    replace: "",
    and: [
      {
        file: "connection/generation.ts",
        find: "role === generation.role && replId === generation.replId",
        replace: "true",
      },
    ],
    mix: "demotion",
    within: 50,
  },
]
