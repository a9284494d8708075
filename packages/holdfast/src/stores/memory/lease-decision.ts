import type { LeaseAnswer, LeaseRequest } from "../../contracts/store.ts"
import type { peekEnvelope } from "../../entry/envelope.ts"
import { pruned, type ControlRecord } from "./control-record.ts"
import { settled } from "./strict-record.ts"
import { wholeMs } from "./whole-ms.ts"

/** What is known of a key when a lease of it is asked for. */
export interface LeaseScene {
  /** What its entry says of itself; undefined: there is none, or the caller has rejected it. */
  readonly usable: NonNullable<ReturnType<typeof peekEnvelope>> | undefined
  readonly record: ControlRecord
  readonly nowMs: number
  /** Of this store: strict entries name it. */
  readonly run: string
}

/** What LEASE answers, and the record that it leaves, if it changes it. */
export interface LeaseDecision {
  readonly is: LeaseAnswer["is"]
  readonly record?: ControlRecord
}

/** As `scripts/lease.lua`, and for a strict entry `scripts/lease-strict.lua`. */
export function decideLease(scene: LeaseScene, request: LeaseRequest): LeaseDecision {
  const { usable, nowMs } = scene
  if (request.strict !== undefined) return decideStrictly(scene, { ...request, strict: request.strict })
  if (usable !== undefined && nowMs < usable.freshUntilMs && usable.id !== request.early) return { is: "hit" }
  return decideMiss(scene, request)
}

function decideStrictly(
  { usable: found, record, nowMs, run }: LeaseScene,
  request: LeaseRequest & { readonly strict: NonNullable<LeaseRequest["strict"]> },
): LeaseDecision {
  const usable = found !== undefined && found.run === run && nowMs < found.freshUntilMs ? found : undefined
  if (usable !== undefined && usable.id !== request.early) return { is: "hit" }
  const { record: known, isYoung } = settled(record, request.strict, nowMs)
  if (!isYoung && known.windows.length === 0) return decideMiss({ usable, record: known, nowMs, run }, request)
  return record.strict === undefined ? { is: "no-fill", record: known } : { is: "no-fill" }
}

function decideMiss({ usable, record, nowMs }: LeaseScene, { token, leaseMs }: LeaseRequest): LeaseDecision {
  const held = record.lease
  if (held !== undefined && held.deadlineMs >= nowMs) {
    if (usable !== undefined) return { is: "stale" }
    return { is: "wait", record: { ...record, lease: { ...held, waited: true } } }
  }
  const lease = { token, deadlineMs: nowMs + wholeMs(leaseMs), waited: held?.waited ?? false }
  const next = { ...pruned({ ...record, lease: undefined }, nowMs), lease }
  return { is: usable === undefined ? "win" : "stale-win", record: next }
}
