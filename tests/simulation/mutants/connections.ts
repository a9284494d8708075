import type { Mutant } from "./mutant.ts"

/** Connections that are lost are replaced, and what they were for goes on. */
export const connectionMutants: readonly Mutant[] = [
  {
    name: "silent-socket-is-kept",
    rule: "CONNECTION",
    guards: "A socket that nobody answers on is asked for ever.",
    file: "connection/watchdog.ts",
    find: "this.#options.dead(`no answer ${this.#misses} times in a row`)",
    replace: "",
    mix: "network",
    within: 50,
  },
  {
    name: "lost-socket-is-not-replaced",
    rule: "CONNECTION",
    guards: "A process whose connection was lost never uses the store again.",
    file: "connection/node-link.ts",
    find: "this.#reconnector.lost()",
    replace: "",
    mix: "network",
    within: 50,
  },
  {
    name: "lost-subscriber-is-not-replaced",
    rule: "CONNECTION",
    guards: "A process hears no wake-ups after its subscriber was lost.",
    file: "connection/subscriber-link.ts",
    find: "this.#reconnector.lost()",
    replace: "",
    mix: "restart",
    within: 50,
  },
]
