import { git } from "./git.mjs"

const folders = ["packages/holdfast/src", "tests/simulation"]

/**
 * Names what the simulator runs: the library and the simulated world.
 *
 * @returns {string | undefined} undefined while there are changes, which have no name
 */
export function sourcesOfSimulation() {
  if (git("status", "--porcelain", "--", ...folders) !== "") return undefined
  return folders.map((folder) => git("rev-parse", "--short=12", `HEAD:${folder}`)).join(" ")
}
