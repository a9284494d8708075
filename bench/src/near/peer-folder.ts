import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const folder = new URL("../../peers/", import.meta.url)

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>
}

/** Imports a peer. They stand outside the workspaces: nobody but this bench should have to install them. */
export async function importPeer(name: string): Promise<unknown> {
  const { importPeer: importFromFolder } = (await import(new URL("import-peer.mjs", folder).href)) as {
    importPeer(name: string): Promise<unknown>
  }
  return importFromFolder(name)
}

/** Installs what the lock file of the peers names, unless that has been done; says so with `say`. */
export async function ensurePeers(say: (line: string) => void): Promise<void> {
  const wanted = Object.entries(lockAt("package-lock.json").packages).filter(
    ([path, { optional }]) => path && !optional,
  )
  const installed = existsSync(new URL("node_modules/.package-lock.json", folder))
    ? lockAt("node_modules/.package-lock.json").packages
    : {}
  if (wanted.every(([path, { version }]) => installed[path]?.version === version)) return
  say("installing the peers of the near bench (npm ci in bench/peers)")
  const code = await npm(["ci", "--prefix", fileURLToPath(folder), "--loglevel=error"])
  if (code !== 0) throw new Error("the peers could not be installed; repeat it with: npm ci --prefix bench/peers")
}

/** Versions of the peers that stand in the package file. */
export function peerVersions(): Readonly<Record<string, string>> {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as {
    dependencies: Record<string, string>
  }
  return dependencies
}

const lockAt = (path: string): Lock => JSON.parse(readFileSync(new URL(path, folder), "utf8")) as Lock

/** The npm that started us, else the one on the PATH. */
async function npm(args: readonly string[]): Promise<number> {
  const cli = process.env["npm_execpath"]
  const isScript = cli?.endsWith("npm-cli.js") === true
  const command = isScript ? process.execPath : process.platform === "win32" ? "npm.cmd" : "npm"
  const child = spawn(command, isScript ? [cli, ...args] : args, { stdio: ["ignore", "ignore", "inherit"] })
  return new Promise((resolve) => {
    child.on("error", () => resolve(127))
    child.on("close", (code) => resolve(code ?? 1))
  })
}
