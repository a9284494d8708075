import type { Mutant } from "./mutant.ts"

const open = "scripts/open-strict-window.lua"
const record = "scripts/includes/strict.lua"
const lease = "scripts/lease-strict.lua"
const writer = "cache/writer.ts"

/** R6 in strict caches: no read that begins after a commit gets what was before it. */
export const strictMutants: readonly Mutant[] = [
  {
    name: "opening-strictly-drops-nothing",
    rule: "R6",
    guards: "The value from before the commit is served until the window closes.",
    file: open,
    find: 'drop(KEYS[1], "drop", 0)',
    replace: 'version_of("")',
    mix: "strict-crowd",
    within: 900,
  },
  {
    name: "opening-strictly-leaves-the-lease",
    rule: "R6",
    guards: "A load from before the commit is stored after it.",
    file: record,
    find: "  void(record)\n  table.insert",
    replace: "  for _, window in ipairs(record.windows) do window.overlapped = true end\n  table.insert",
    mix: "strict",
    within: 50,
  },
  {
    name: "leases-beside-a-strict-window",
    rule: "R6",
    guards: "A load that read before the commit is stored, and served after it.",
    file: lease,
    find: "if young or #record.windows > 0 then",
    replace: "if young then",
    mix: "strict-crowd",
    within: 200,
  },
  {
    name: "a-new-strict-record-is-filled-at-once",
    rule: "R6",
    guards: "A window whose record was lost bars nobody.",
    file: lease,
    find: "if young or #record.windows > 0 then",
    replace: "if #record.windows > 0 then",
    mix: "strict-loss",
    within: 1200,
  },
  {
    name: "the-first-strict-writer-lets-everybody-in",
    rule: "R6",
    guards: "The close of one writer opens the key although another is still writing.",
    file: "scripts/close-window.lua",
    find: "if window.id == ARGV[1] then own = table.remove(record.windows, at) break end",
    replace: "if window.id == ARGV[1] then own = table.remove(record.windows, at) record.windows = {} break end",
    mix: "strict",
    within: 100,
  },
  {
    name: "strict-records-of-another-run-count",
    rule: "R6",
    guards: "After a fail-over a record is trusted that knows nothing of the windows that were lost.",
    file: record,
    find: "if not record.strict or record.strict.run ~= run then",
    replace: "if not record.strict then",
    mix: "strict-loss",
    within: 3000,
  },
  {
    name: "strict-entries-of-another-run-are-served",
    rule: "R6",
    guards: "A fail-over brings back what was dropped, and it is served.",
    file: "cache/lookout.ts",
    find: "(run === undefined || run !== this.#parts.store.runOf(address))",
    replace: "run === undefined",
    // While its writer lives, a replay has it dropped once more.
    and: [{ file: "cache/replayer.ts", find: "this.#journal.countLoss()", replace: "return" }],
    mix: "strict-rollback",
    within: 600,
  },
  {
    name: "strict-writes-do-not-wait-for-their-window",
    rule: "R6",
    guards: "A write of which the store knows nothing commits, and the old value is served.",
    file: writer,
    find: 'if (strict?.onUnavailable !== "fail") return',
    replace: "return",
    mix: "strict",
    within: 1000,
  },
]
