import { spawn } from "node:child_process"
import { rmSync } from "node:fs"

// Waits for the end of its input, which comes however this process dies, SIGKILL included. The last
// line names the child to end, or is empty. Terminal signals go to the whole group: it ignores them.
const SCRIPT = `
trap '' INT TERM HUP
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
  kill -s "$1" "$pid" 2>/dev/null
  n=0
  while [ $n -lt 30 ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; n=$((n+1)); done
  if [ $n -eq 30 ]; then kill -s KILL "$pid" 2>/dev/null; fi
fi
if [ -n "$2" ]; then rm -rf -- "$2"; fi
`

/** What a guard does when this process is gone. */
export interface OrphanGuardOptions {
  /** Signal that ends the guarded child; SIGKILL follows after 3 seconds. */
  readonly signal: "KILL" | "QUIT"
  /** Folder to remove after that, also by `release`. */
  readonly removeDir?: string
}

/** A small process that ends a child, and removes its folder, when this process is gone. */
export interface OrphanGuard {
  /** Guards this child from now on, in place of the one before. */
  watch(pid: number): void
  /** The child has ended: its pid may soon belong to somebody else. */
  forget(): void
  /** Removes the folder and ends the guard. */
  release(): void
}

const NO_GUARD: OrphanGuard = { watch: () => {}, forget: () => {}, release: () => {} }

/** Starts a guard; on Windows, which has neither `sh` nor these signals, it guards nothing. */
export function startOrphanGuard(options: OrphanGuardOptions): OrphanGuard {
  if (process.platform === "win32") return NO_GUARD
  const script = ["-c", SCRIPT, "orphan-guard", options.signal, options.removeDir ?? ""]
  const guard = spawn("/bin/sh", script, { stdio: ["pipe", "ignore", "ignore"], detached: true, cwd: "/" })
  // Without a guard a normal end still cleans up: not worth an unhandled error.
  guard.on("error", () => {})
  guard.stdin.on("error", () => {})
  guard.unref()

  return {
    watch: (pid) => void guard.stdin.write(`${pid}\n`),
    forget: () => void guard.stdin.write("\n"),
    release: () => {
      guard.kill("SIGKILL")
      guard.stdin.destroy()
      if (options.removeDir !== undefined) rmSync(options.removeDir, { recursive: true, force: true })
    },
  }
}
