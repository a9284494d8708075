import { existsSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { bundleFolder, bundleSimulation } from "./simulation.mjs"

const named = /^mutant-.*-(\d+)\.mjs$/

/**
 * Bundles the simulator with a mutant. The bundle is for this process alone; `removeOwnBundles` takes it away.
 *
 * @param {import("../../tests/simulation/mutants/mutant.ts").Mutant} mutant
 */
export function bundleMutant(mutant) {
  return bundleSimulation([mutant, ...(mutant.and ?? [])], `mutant-${mutant.name}-${process.pid}`)
}

/** Takes away the bundles of this process. */
export function removeOwnBundles() {
  removeBundles((pid) => pid === process.pid)
}

/** Takes away what processes left behind that were ended before they could. */
export function removeLeftBundles() {
  removeBundles((pid) => !isAlive(pid))
}

/** @param {(pid: number) => boolean} isMeant */
function removeBundles(isMeant) {
  if (!existsSync(bundleFolder)) return
  for (const file of readdirSync(bundleFolder)) {
    const pid = named.exec(file)?.[1]
    if (pid !== undefined && isMeant(Number(pid))) rmSync(join(bundleFolder, file), { force: true })
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It may be alive and somebody else's.
    return /** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH"
  }
}
