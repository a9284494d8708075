import { workspaces, removeOrphans } from "../lib/build.mjs"
import { inRoot } from "../lib/paths.mjs"
import { tsc } from "../lib/run.mjs"
import { fromCommand } from "./step.mjs"

/** @type {import("./step.mjs").Step} */
export const types = {
  id: "types",
  title: "everything compiles: packages, tests, examples, bench, tools",
  async run() {
    for (const { folder } of Object.values(workspaces)) removeOrphans(inRoot(folder, "dist"), inRoot(folder, "src"))
    return fromCommand(await tsc([]))
  },
}
