import { spawn } from "node:child_process"
import type { ChildProcess, SpawnOptions } from "node:child_process"
import type { OrphanGuard } from "./orphan-guard.ts"

/** How a process ended. */
export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running process under a guard. */
export interface Child {
  readonly pid: number
  readonly process: ChildProcess
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<ChildExit>
  /** How it ended, undefined while it runs. */
  exit(): ChildExit | undefined
  /** Sends a signal; does nothing after the end. */
  signal(name: NodeJS.Signals): void
  /** Sends a signal, SIGKILL when that did not end it within the time, and waits for the end. */
  end(name: NodeJS.Signals, withinMs?: number): Promise<ChildExit>
}

/**
 * Starts a process in its own group (Ctrl-C in a terminal does not reach it) and guards it.
 * Rejects when it cannot be started.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly guard: OrphanGuard },
): Promise<Child> {
  const { guard, ...spawnOptions } = options
  const child = spawn(command, args, { detached: true, ...spawnOptions })
  let exit: ChildExit | undefined
  const exited = new Promise<ChildExit>((resolve) => {
    child.once("exit", (code, signal) => {
      exit = { code, signal }
      guard.forget()
      resolve(exit)
    })
  })
  if (child.pid !== undefined) guard.watch(child.pid)
  const pid = await spawned(child)

  const signal = (name: NodeJS.Signals): void => {
    if (exit === undefined) child.kill(name)
  }
  const end = async (name: NodeJS.Signals, withinMs = 5000): Promise<ChildExit> => {
    const timer = setTimeout(() => signal("SIGKILL"), withinMs)
    signal(name)
    try {
      return await exited
    } finally {
      clearTimeout(timer)
    }
  }
  return { pid, process: child, exited, exit: () => exit, signal, end }
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("spawn", () => {
      child.off("error", reject)
      // A later error is a signal or a message that could not be delivered: the end tells.
      child.on("error", () => {})
      resolve(child.pid ?? 0)
    })
  })
}

/** "code 1" or "signal SIGKILL". */
export function describeExit(exit: ChildExit): string {
  return exit.signal === null ? `code ${exit.code}` : `signal ${exit.signal}`
}
