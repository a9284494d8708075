import type { BeforeUse } from "../../../contracts/redis-connection.ts"
import { refusalOf, textOf } from "../replies.ts"
import type { MarkPlace } from "./server-log.ts"

/** The number that was found, 0 if there is none; `elsewhere`: none was left, or not in a slot that the server owns. */
export type MarkAnswer = number | "elsewhere"

/** Servers that answer so do not serve anything yet. */
const notYet: ReadonlySet<string | undefined> = new Set(["LOADING", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "BUSY"])

/** Rejects where the server cannot tell now. One that must not be asked counts as having lost it. */
export async function askMark(mark: MarkPlace | undefined, ask: Parameters<BeforeUse>[1]): Promise<MarkAnswer> {
  if (mark === undefined) return "elsewhere"
  try {
    return numberOf(textOf(await ask(["GET", mark.key])))
  } catch (error) {
    const word = refusalOf(error)
    if (word === undefined || notYet.has(word)) throw error
    return word === "MOVED" ? "elsewhere" : 0
  }
}

function numberOf(text: string | undefined): number {
  const number = Number(text ?? "0")
  return Number.isSafeInteger(number) ? number : 0
}
