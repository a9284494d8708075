/** What can be seen from outside of the rules at work. */
export const rules = [
  "R1 fill refused",
  "R2 lease voided",
  "R4 fill held back",
  "R4 new socket",
  "R5 older refused",
  "R6 close invalidates",
  "R6 fill barred",
  "R7 dead by tag",
  "R7 tag invalidated",
  "R8 foreign entry",
  "R8 foreign reply",
  "R9 wall jump passed",
  "R10 shared",
  "R10 load beside",
  "waiter woken",
  "near hit",
  "outage hit",
  "fenced served",
  "stale served",
  "unchanged kept",
  "absence served",
  "journal kept",
  "journal told",
  "replayed",
  "cleared",
  "lease extended",
  "lease gone",
  "window gone",
  "background refresh",
  "breaker opened",
  "silence noticed",
  "script sent again",
  "caller left",
  "MOVED or ASK",
  "TRYAGAIN",
] as const

export type Rule = (typeof rules)[number]

/** How often each rule was seen at work in one history. */
export class RuleCounts {
  readonly counts = new Map<Rule, number>()

  saw(rule: Rule, times = 1): void {
    if (times > 0) this.counts.set(rule, (this.counts.get(rule) ?? 0) + times)
  }
}
