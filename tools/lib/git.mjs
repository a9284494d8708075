import { execFileSync } from "node:child_process"
import { inRoot } from "./paths.mjs"

/**
 * What git answers in this project.
 *
 * @param {string[]} args
 */
export function git(...args) {
  return execFileSync("git", args, { cwd: inRoot(), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()
}

/**
 * The commit that is checked out, with a mark if files differ from it: what long tests have reported of themselves is no change.
 *
 * @returns {string} "unknown" where there is no git, or no repository
 */
export function presentCommit() {
  try {
    const changes = git("status", "--porcelain", "--", ":!docs/reports")
    return `${git("rev-parse", "--short", "HEAD")}${changes === "" ? "" : ", with changes"}`
  } catch {
    return "unknown"
  }
}
