import type { NodeAddress, RedisArgument } from "../contracts/redis-client.ts"
import { HoldfastError, type ErrorFacts } from "../errors/holdfast-error.ts"
import { missingRight } from "../errors/missing-right.ts"

/** What an error says about the server that gave it. */
export type RefusalKind =
  /** The socket is gone. */
  | "closed"
  /** The server cannot serve anybody at the moment. */
  | "transient"
  /** We talk to the wrong server: the address must be resolved again. */
  | "misplaced"
  /** Nothing helps but a change by an operator. */
  | "configuration"
  /** The server is well; this one command was refused. */
  | "command"

const kinds: Readonly<Record<string, RefusalKind>> = {
  LOADING: "transient",
  BUSY: "transient",
  MASTERDOWN: "transient",
  CLUSTERDOWN: "transient",
  READONLY: "misplaced",
  NOAUTH: "configuration",
  WRONGPASS: "configuration",
  NOPERM: "configuration",
}

/** What to tell people about a reply, where the reply itself says too little. */
const advice: Readonly<Record<string, string>> = {
  NOAUTH: "the server wants a password and the client you gave has none (NOAUTH)",
  WRONGPASS: "the server refuses the user name or password of the client you gave (WRONGPASS)",
  NOPERM: "the user lacks a permission that Holdfast needs, such as INFO, TIME, EVAL, EVALSHA or SUBSCRIBE (NOPERM)",
  LOADING: "the server is loading its data (LOADING)",
  BUSY: "the server is busy with a long script (BUSY)",
  READONLY: "the server is a replica (READONLY)",
}

const untrusted = "the authority that signed the server's certificate is not trusted"

/** The same of what TLS says. */
const certificateAdvice: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name than it was reached by",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by itself, and not trusted",
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
}

export function refusalKind(error: HoldfastError): RefusalKind {
  if (error.code !== "SERVER_REFUSED") return error.code === "SERVER_NOT_SUPPORTED" ? "configuration" : "closed"
  return kinds[replyOf(error)] ?? "command"
}

/** Notes what the user lacks, if the server has named it. */
export function notePermission({ facts }: HoldfastError, lacking: Set<string>): void {
  if (typeof facts["permission"] === "string") lacking.add(facts["permission"])
}

/** Code and, where there is one, the server's word: "SERVER_REFUSED WRONGPASS". */
export function shortError(error: HoldfastError): string {
  return `${error.code} ${replyOf(error)}`.trimEnd()
}

/** The reason of an error as a part of a sentence. */
export function reasonOf(error: HoldfastError): string {
  const reply = replyOf(error)
  const lack = missingRight(error.facts)
  if (lack !== undefined) return `${lack} (${reply})`
  const reason = advice[reply] ?? (reply === "" ? inWords(error.facts["reason"]) : `the server answers ${reply}`)
  return String(reason ?? error.code)
}

/** With the code, by which it is looked up. */
function inWords(reason: ErrorFacts[string]): ErrorFacts[string] {
  const words = certificateAdvice[String(reason)]
  return words === undefined ? reason : `${words} (${String(reason)})`
}

export function unavailable(node: NodeAddress, why: string, cause?: HoldfastError): HoldfastError {
  return new HoldfastError("STORE_UNAVAILABLE", `${nameOf(node)} cannot be used: ${why}.`, {
    facts: { ...node, reason: why },
    cause,
  })
}

/** @param first whether it has never been connected to */
export function notConnected(node: NodeAddress, first: boolean, failure: HoldfastError | undefined): HoldfastError {
  const untold = first ? "not connected yet" : "connection lost, connecting again"
  return unavailable(node, failure === undefined ? untold : reasonOf(failure), failure)
}

export function replicaFound(): HoldfastError {
  return new HoldfastError("STORE_UNAVAILABLE", "The server is a replica.", {
    facts: { reason: "the server is a replica", role: "replica" },
  })
}

export function overloaded(node: NodeAddress, maxInFlight: number): HoldfastError {
  return new HoldfastError("STORE_OVERLOADED", `${maxInFlight} commands to ${nameOf(node)} are unanswered.`, {
    facts: { ...node, maxInFlight },
  })
}

export function tooManyFresh(node: NodeAddress, max: number): HoldfastError {
  return new HoldfastError("STORE_OVERLOADED", `${max} connections of one command each to ${nameOf(node)} are open.`, {
    facts: { ...node, max },
  })
}

export function timedOut(node: NodeAddress, name: RedisArgument | undefined, timeoutMs: number): HoldfastError {
  const command = typeof name === "string" && /^[A-Za-z]{1,32}$/.test(name) ? name.toUpperCase() : "a command"
  return new HoldfastError("COMMAND_TIMEOUT", `${nameOf(node)} did not answer ${command} within ${timeoutMs} ms.`, {
    facts: { ...node, command, timeoutMs },
  })
}

export function generationChanged(): HoldfastError {
  return new HoldfastError(
    "GENERATION_CHANGED",
    "The connection that this command was bound to is gone, or its slot has moved.",
  )
}

export function closed(): HoldfastError {
  return new HoldfastError("CLOSED", "The connection has been closed.")
}

/** Why a socket closed, as a part of a sentence. */
export function closeReason(reason: Error | undefined): string {
  return reason instanceof HoldfastError ? reasonOf(reason) : "the socket closed"
}

/** Clients reject with HoldfastErrors; whatever else comes is taken for a lost connection. */
export function asHoldfastError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  return new HoldfastError("CONNECTION_CLOSED", "The client failed in an unexpected way.")
}

function nameOf(node: NodeAddress): string {
  return node.port === 0 ? node.host : `${node.host}:${node.port}`
}

function replyOf(error: HoldfastError): string {
  const { reply } = error.facts as { reply?: unknown }
  return typeof reply === "string" ? reply : ""
}
