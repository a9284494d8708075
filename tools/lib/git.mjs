import { execFileSync } from "node:child_process"
import { inRoot } from "./paths.mjs"

/**
 * What git answers in this project.
 *
 * @param {string[]} args
 */
export function git(...args) {
  return execFileSync("git", args, { cwd: inRoot(), encoding: "utf8" }).trim()
}
