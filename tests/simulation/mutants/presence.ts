import type { Mutant } from "./mutant.ts"

const fill = "scripts/fill.lua"

/** R1: a fill is accepted only while the record holds its own token; R3: tokens never repeat. */
export const presenceMutants: readonly Mutant[] = [
  {
    name: "fill-under-any-lease",
    rule: "R1",
    guards: "A load that lost its lease to an invalidation fills under the lease of a later load.",
    file: fill,
    find: "if not lease or lease.token ~= ARGV[1] then",
    replace: "if not lease then",
    mix: "network",
    within: 80,
  },
  {
    name: "fill-without-lease",
    rule: "R1",
    guards: "A load from before an invalidation fills, because nobody holds a lease any more.",
    file: fill,
    find: "local lease = record.lease",
    replace: "local lease = record.lease or { token = ARGV[1] }",
    mix: "network",
    within: 50,
  },
  {
    name: "quick-fill-under-any-lease",
    rule: "R1",
    guards: "The short way of the fill script takes another load's lease for its own.",
    file: fill,
    find: "string.sub(text, 1, #own) == own",
    replace: 'string.sub(text, 1, 6) == "lease "',
    mix: "network",
    within: 180,
  },
  {
    name: "tokens-repeat",
    rule: "R3",
    guards: "A load whose lease was evicted meets a later lease of the same name, and fills under it.",
    file: "cache/leasing.ts",
    find: "const token = parts.random.token()",
    replace: 'const token = "0".repeat(32)',
    mix: "network",
    within: 360,
  },
  {
    name: "window-names-repeat",
    rule: "R3",
    guards: "A writer whose window was evicted closes the window of a later writer, and stores.",
    file: "cache/writer.ts",
    find: "const id = random.token()\n    const sentMs",
    replace: 'const id = "0".repeat(32)\n    const sentMs',
    mix: "forgotten-writers",
    within: 160,
  },
]
