import type { Command } from "./commands/command.ts"
import { ModelError } from "./model-reply.ts"

interface Refusal {
  readonly error: ModelError
  /** Whether a command of a client is refused. */
  readonly refuses: (command: Command) => boolean
  /** Whether a command of a script is refused, before and after the script's first write. */
  readonly refusesInScript: (command: Command, hasWritten: boolean) => boolean
}

const never = (): boolean => false

function refusal(
  text: string,
  refuses: Refusal["refuses"],
  refusesInScript: Refusal["refusesInScript"] = never,
): Refusal {
  return { error: new ModelError(text), refuses, refusesInScript }
}

const refusals: Readonly<Record<string, Refusal>> = {
  LOADING: refusal("LOADING Redis is loading the dataset in memory", ({ flags }) => !flags.has("loading")),
  BUSY: refusal(
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    ({ flags }) => !flags.has("allow_busy"),
  ),
  // A script may not begin to write with what takes memory; once it has tried any other write, it may.
  OOM: refusal(
    "OOM command not allowed when used memory > 'maxmemory'.",
    ({ flags }) => flags.has("denyoom"),
    ({ flags }, hasWritten) => flags.has("denyoom") && !hasWritten,
  ),
  READONLY: refusal(
    "READONLY You can't write against a read only replica.",
    ({ isWrite }) => isWrite,
    ({ isWrite }) => isWrite,
  ),
  MASTERDOWN: refusal(
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    ({ flags }) => !flags.has("stale"),
  ),
  NOAUTH: refusal("NOAUTH Authentication required.", ({ flags }) => !flags.has("no_auth")),
  CLUSTERDOWN: refusal("CLUSTERDOWN The cluster is down", ({ keys }) => typeof keys === "function" || keys[0] > 0),
}

/** Why a server in this state does not run a command of a client. */
export function refusalFor(state: string, command: Command): ModelError | undefined {
  const known = refusals[state]
  if (known === undefined) return new ModelError(state.includes(" ") ? state : `${state} refused`)
  return known.refuses(command) ? known.error : undefined
}

/** Why it does not run a command of a script that has begun. */
export function scriptRefusalFor(state: string, command: Command, hasWritten: boolean): ModelError | undefined {
  const known = refusals[state]
  return known?.refusesInScript(command, hasWritten) === true ? known.error : undefined
}

/** Why it does not run any script, although EVAL itself is not refused. */
export function anyScriptRefusalFor(state: string): ModelError | undefined {
  return state === "MASTERDOWN" ? refusals["MASTERDOWN"]?.error : undefined
}
