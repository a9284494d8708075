import type { ExecutedCommand } from "../model/model-node.ts"
import { ModelError } from "../model/model-reply.ts"

type Call = Pick<ExecutedCommand, "args" | "reply">

const deletes: ReadonlySet<string> = new Set(["DELEX", "DELIFEQ"])

/**
 * A command of a newer server that stands for a script, as the call of that script which does the same; anything else as it is.
 *
 * @param nowMs what the server's clock says
 */
export function asScriptCall({ args, reply }: Call, nowMs: number): Call {
  if (reply instanceof ModelError) return { args, reply }
  const [name = "", control = "", line = "", option = ""] = args
  if (name === "SET" && option === "IFEQ") {
    const lastsMs = Number(args[6]) - nowMs
    const meant = ["EXTEND-LEASE", "", "1", control, tokenOf(line), String(lastsMs)]
    return { args: meant, reply: reply === "OK" ? "held" : "gone" }
  }
  if (!deletes.has(name)) return { args, reply }
  return { args: ["RELEASE", "", "1", control, tokenOf(args.at(-1) ?? "")], reply: reply === 1 ? "released" : "gone" }
}

/** A control record of nothing but a lease is one line: `lease <token> <deadline> 0`. */
function tokenOf(line: string): string {
  return line.split(" ")[1] ?? ""
}
