import type { Holes } from "./hole.ts"

/** Holes in what processes keep for themselves, and in the library. */
export const holesOfCopies = {
  H9: {
    hole: "A near cache does not hear of a change: the message is lost or late",
    leases: "a near hit does not ask the store.",
    is: "bounded",
    here: "a near cache serves only while a beat that came back proves that every earlier change has been heard.",
    rest: "the old value for `maxStaleness` after the change was delivered.",
    shown: {
      "near/processes.test.ts": [
        "a process that was stopped for longer than the bound serves nothing from before, once it goes on",
        "processes whose subscriber connections are killed again and again never serve older values after the bound",
      ],
      "near/subscriber-faults.test.ts": ["nothing older is served than the bound allows"],
    },
  },
  H16: {
    hole: "Of two processes with near caches one sees a change before the other",
    leases: "a near hit does not ask the store.",
    is: "closed on request",
    here: "`local: false`: every read asks the store. With a near cache the process that made the change sees it at once, the others within `maxStaleness`.",
    rest: "a read that was under way when the change was made may answer either value.",
    shown: {
      "near/processes.test.ts": [
        "what one process changes, all others see, and nobody serves older values after the bound",
      ],
      "holes/two-processes.test.ts": ["without a near cache every process sees a change as soon as it is delivered"],
    },
  },
  H17: {
    hole: "The library itself has a mistake in how it invalidates",
    leases: "a rule helps only where the code keeps it.",
    is: "bounded",
    here: "a [simulator](guide/simulation.md) plays histories of faults against the library and judges every read; versions of the library with one rule broken must be found by it.",
    rest: "what neither histories nor broken rules have thought of. A comparison with the source in production is not built yet.",
    shown: {
      "simulation/mutants.test.ts": ["the simulator finds a library with one rule broken"],
    },
  },
} as const satisfies Holes
