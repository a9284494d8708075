import type { RedisLink, RedisReply } from "../contracts/redis-client.ts"
import type { ServerFeature } from "../contracts/redis-connection.ts"
import { ask } from "./ask.ts"

const commands = ["DELEX", "DELIFEQ"] as const

/** Asks which newer commands a server has. One that does not know the question, or forbids it, has none. Never rejects. */
export async function readFeatures(link: RedisLink): Promise<Set<ServerFeature>> {
  const questions = [
    ["COMMAND", "INFO", ...commands],
    ["COMMAND", "DOCS", "SET"],
  ]
  const [known, docs] = await Promise.all(questions.map((question) => ask(link, question).catch(() => null)))
  const answers: readonly RedisReply[] = Array.isArray(known) ? known : []
  const features = new Set<ServerFeature>(commands.filter((_, at) => Array.isArray(answers[at])))
  // The names of options stand alone somewhere in what is told of a command.
  return mentions(docs, "IFEQ") ? features.add("SET IFEQ") : features
}

function mentions(reply: RedisReply | undefined, word: string): boolean {
  return Array.isArray(reply) ? reply.some((part: RedisReply) => mentions(part, word)) : String(reply) === word
}
