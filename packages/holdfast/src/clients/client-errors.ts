import type { RedisArgument } from "../contracts/redis-client.ts"
import { HoldfastError, type ErrorFacts } from "../errors/holdfast-error.ts"
import { missingRight, unnamedRights } from "../errors/missing-right.ts"

// What a client rejects with may hold the arguments of the command, and so values, keys and passwords; the text of a server's error
// may hold them too. Nothing of either is kept but the words below: no `cause`, no message.

/** Turns what a client rejected a command with into a `SERVER_REFUSED` or `CONNECTION_CLOSED` that is safe to log. */
export function commandError(error: unknown, name: RedisArgument | undefined): HoldfastError {
  const command = commandName(name)
  const refusal = refusalFacts(error)
  if (refusal === undefined) {
    const detail = `The connection closed before ${command} was answered.`
    return new HoldfastError("CONNECTION_CLOSED", detail, { facts: { command } })
  }
  const lack = missingRight(refusal)
  const why = lack === undefined ? "" : `: ${lack}`
  return new HoldfastError("SERVER_REFUSED", `The server answered ${command} with ${refusal["reply"]}${why}.`, {
    facts: { command, ...refusal },
    retryable: lack === undefined,
  })
}

/** Turns what a client's connecting failed with into an error that is safe to log. */
export function connectError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  const refusal = refusalFacts(error)
  if (refusal !== undefined) {
    return new HoldfastError("SERVER_REFUSED", `The server answered the handshake with ${refusal["reply"]}.`, {
      facts: { command: "handshake", ...refusal },
    })
  }
  const reason = systemReason(error)
  return new HoldfastError("STORE_UNAVAILABLE", `Connecting failed (${reason}).`, { facts: { reason } })
}

/** The error for an attempt that took too long. */
export function connectTimeout(timeoutMs: number): HoldfastError {
  return new HoldfastError("STORE_UNAVAILABLE", `Connecting took longer than ${timeoutMs} ms.`, {
    facts: { reason: "connecting took too long" },
  })
}

/** The error for an attempt whose owner closes. */
export function connectAborted(): HoldfastError {
  return new HoldfastError("STORE_UNAVAILABLE", "Connecting was given up.", { facts: { reason: "given up" } })
}

/** Why a socket has closed that was open. */
export function closeReason(error: unknown): HoldfastError {
  const reason = systemReason(error)
  return new HoldfastError("CONNECTION_CLOSED", `The socket closed (${reason}).`, { facts: { reason } })
}

/** A server's error begins with a word in capitals; what clients and the system say does not. */
const replyClass = /^-?([A-Z][A-Z0-9_]{1,31})(?=\s|$)/
/** Redis 6.2 hides the error of a command in a script behind words of its own. */
const inScript = /^ERR Error running script .*@user_script: ?\d+: (?=-?[A-Z][A-Z0-9_]+ )/
/** A refusal by access rules; within a script it is an ERR. */
const denied = /^(?:-?NOPERM|ERR ACL failure in script:|ERR The user executing the script) .*/
/** Which command, where the server names it: Redis 7.0 does not within a script. Names of keys and channels are their owner's. */
const deniedCommand = /run the '([a-z][a-z0-9|_-]{1,40})' command/
const redirection = /^(?:MOVED|ASK) (\d{1,5}) ([\w.:[\]-]*:\d{1,5})$/

function refusalFacts(error: unknown): ErrorFacts | undefined {
  const message = textOf(error, "message").replace(inScript, "")
  const reply = replyClass.exec(message)?.[1]
  if (reply === undefined) return undefined
  if (denied.test(message)) return { reply, permission: permissionIn(message) }
  const redirected = redirection.exec(message)
  return redirected === null ? { reply } : { reply, slot: Number(redirected[1]), address: redirected[2] }
}

function permissionIn(message: string): string {
  const command = deniedCommand.exec(message)?.[1]
  if (command !== undefined) return `+${command}`
  if (/\bkeys?\b/.test(message)) return unnamedRights.key
  return /\bchannels?\b/.test(message) ? unnamedRights.channel : unnamedRights.command
}

/** Such as ECONNREFUSED, ENOTFOUND or DEPTH_ZERO_SELF_SIGNED_CERT; the name of the class where there is no code. */
function systemReason(error: unknown): string {
  const code = textOf(error, "code") || textOf(error, "errno")
  if (/^[A-Z][A-Z0-9_]{2,63}$/.test(code)) return code
  const name: unknown = (error as { constructor?: { name?: unknown } } | undefined)?.constructor?.name
  return typeof name === "string" && /^\w{1,64}$/.test(name) ? name : "unknown"
}

function commandName(name: RedisArgument | undefined): string {
  return typeof name === "string" && /^[A-Za-z][A-Za-z._-]{0,31}$/.test(name) ? name.toUpperCase() : "a command"
}

function textOf(error: unknown, field: string): string {
  if (typeof error !== "object" || error === null) return ""
  const value: unknown = (error as Record<string, unknown>)[field]
  return typeof value === "string" ? value : ""
}
