import type { Clock } from "../../../contracts/clock.ts"
import type { KeySweep } from "../../../contracts/key-scan.ts"
import type { Random } from "../../../contracts/random.ts"
import type { Generation, PrimaryServer } from "../../../contracts/redis-connection.ts"
import type { RedisReply } from "../../../contracts/redis-client.ts"
import { hasCode, HoldfastError } from "../../../errors/holdfast-error.ts"
import { missingRight } from "../../../errors/missing-right.ts"
import { backoff } from "../../../policy/backoff.ts"
import { rest } from "../../../policy/rest.ts"
import { ScanPace } from "../../../policy/scan-pace.ts"
import { refusalOf } from "../replies.ts"

/** What the sweep of one server works with. */
export interface ServerScanOptions {
  readonly server: PrimaryServer
  readonly sweep: Pick<KeySweep, "pattern" | "pace" | "signal">
  readonly clock: Clock
  readonly random: Random
  /** Gets the names of one answer. */
  readonly onNames: (names: readonly string[]) => Promise<void>
}

/** How long a server may fail to answer before the sweep is given up, in milliseconds: longer than most fail-overs take. */
export const patienceMs = 20_000

interface Answer {
  readonly cursor: string
  readonly names: readonly string[]
  readonly runId: string
}

/**
 * Walks over all keys of one server. A cursor is good for the run that gave it and for no other, on whatever socket, so after a restart
 * or fail-over the walk begins anew.
 *
 * Resolves with the run it was made on; with undefined if the server has left the cluster. Rejects with `SWEEP_INCOMPLETE` if it does not
 * answer for too long, or refuses; with `CLOSED`, with the signal's reason, or with what `onNames` threw.
 */
export async function scanServer(options: ServerScanOptions): Promise<string | undefined> {
  const { sweep, clock, onNames } = options
  const pace = new ScanPace(sweep.pace)
  let [cursor, runId] = ["0", ""]
  do {
    const answer = await patiently(options, pace, () => scanOnce(options, pace, cursor, runId))
    if (answer === undefined) return undefined
    cursor = answer.cursor
    runId = answer.runId
    if (answer.names.length > 0) await onNames(answer.names)
    await rest(clock, pace.rest(), sweep.signal)
  } while (cursor !== "0")
  return runId
}

/** One SCAN. If the server has restarted since the cursor was given, the first of a new walk. */
async function scanOnce(
  { server, sweep, clock }: ServerScanOptions,
  pace: ScanPace,
  cursor: string,
  runId: string,
): Promise<Answer> {
  const present = server.generation
  const goesOn = present !== undefined && present.runId === runId
  let used: Generation | undefined = present
  const sentMs = clock.monotonic()
  const reply = await server.command(
    ["SCAN", goesOn ? cursor : "0", "MATCH", sweep.pattern, "COUNT", String(pace.count)],
    { onSend: (generation) => void (used = generation), ...(present !== undefined && { generation: present }) },
  )
  pace.answered(clock.monotonic() - sentMs)
  return { ...readAnswer(reply), runId: used?.runId ?? "" }
}

function readAnswer(reply: RedisReply): Omit<Answer, "runId"> {
  const [cursor, names] = Array.isArray(reply) ? (reply as readonly RedisReply[]) : []
  if (!Buffer.isBuffer(cursor) || !Array.isArray(names)) {
    throw new HoldfastError("SERVER_REFUSED", "The reply to SCAN is none of its answers.", {
      facts: { command: "SCAN" },
    })
  }
  return { cursor: cursor.toString("latin1"), names: names.map(String) }
}

/** Tries until it succeeds, or has failed for too long. */
async function patiently<T>(
  { sweep, clock, random, server }: ServerScanOptions,
  pace: ScanPace,
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  const waits = backoff({ random, baseMs: 20, capMs: 500 })
  const sinceMs = clock.monotonic()
  for (;;) {
    try {
      sweep.signal.throwIfAborted()
      return await attempt()
    } catch (error) {
      if (sweep.signal.aborted) throw sweep.signal.reason
      if (hasCode(error, "CLOSED")) return undefined
      const isHopeless = refusalOf(error) === "NOPERM" || !(error instanceof HoldfastError)
      if (isHopeless || clock.monotonic() - sinceMs > patienceMs) throw incomplete(server, error)
      if (hasCode(error, "COMMAND_TIMEOUT")) pace.missed()
      await rest(clock, waits.nextMs(), sweep.signal)
    }
  }
}

function incomplete({ node }: PrimaryServer, cause: unknown): HoldfastError {
  const facts = cause instanceof HoldfastError ? cause.facts : {}
  const { permission } = facts
  const why = missingRight(facts) ?? (cause instanceof HoldfastError ? cause.code : "unexpected")
  return new HoldfastError("SWEEP_INCOMPLETE", `${node.host}:${node.port} could not be swept to its end (${why}).`, {
    facts: { ...node, reason: why, ...(permission !== undefined && { permission }) },
    cause,
  })
}
