import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { inRoot, root } from "./paths.mjs"

/**
 * Runs a command and collects what it prints.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, stream?: boolean | "stderr" }} [options] `stream` shows the output, or what goes to stderr, as it comes instead.
 * @returns {Promise<{ code: number, output: string }>} Code 127 when the command cannot be started.
 */
export function run(command, args, { cwd = root, env = {}, stream = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", stream === true ? "inherit" : "pipe", stream ? "inherit" : "pipe"],
    })
    let output = ""
    child.stdout?.on("data", (chunk) => (output += chunk))
    child.stderr?.on("data", (chunk) => (output += chunk))
    child.on("error", (error) => resolve({ code: 127, output: error.message }))
    child.on("close", (code) => resolve({ code: code ?? 1, output: output.trim() }))
  })
}

/**
 * Runs the program of an installed package with this Node, so that no shell and no PATH is involved.
 *
 * @param {string} packageName
 * @param {readonly string[]} args
 * @param {{ bin?: string } & Parameters<typeof run>[2]} [options] `bin` names the program where the package has several.
 */
export function runTool(packageName, args, { bin, ...options } = {}) {
  const folder = inRoot("node_modules", packageName)
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const programs = typeof manifest.bin === "string" ? { [packageName]: manifest.bin } : manifest.bin
  return run(process.execPath, [join(folder, programs[bin ?? packageName]), ...args], options)
}

/**
 * Runs npm: the one that started us, else the one on the PATH.
 *
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNpm(args, options) {
  const cli = process.env["npm_execpath"]
  if (cli?.endsWith("npm-cli.js")) return run(process.execPath, [cli, ...args], options)
  return run(process.platform === "win32" ? "npm.cmd" : "npm", args, options)
}

/**
 * Compiles projects with TypeScript's build mode.
 *
 * @param {readonly string[]} projects Folders or tsconfig files; none means everything.
 */
export const tsc = (projects) => runTool("@typescript/native", ["-b", ...projects], { bin: "tsc" })
