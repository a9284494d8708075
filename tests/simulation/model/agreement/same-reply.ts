import { ModelError, withoutPlace, type ModelReply } from "../model-reply.ts"

/** Errors of Lua itself: the model does not say where and of what name, so the beginning has to be enough. */
const luaErrors = [/^ERR user_script:\d+:/, /^ERR Error compiling script \(new function\): /]

/** Whether the model's reply is the server's. */
export function sameReply(real: ModelReply, model: ModelReply): boolean {
  if (real instanceof ModelError) return model instanceof ModelError && sameError(real.text, model.text)
  if (!Array.isArray(real)) return real === model
  if (!Array.isArray(model) || model instanceof ModelError || real.length !== model.length) return false
  return (real as readonly ModelReply[]).every((item, at) => sameReply(item, (model as ModelReply[])[at] as ModelReply))
}

/** The keys that a SCAN brings are in no order. */
export function inOrder(args: readonly string[], reply: ModelReply): ModelReply {
  if (args[0]?.toUpperCase() !== "SCAN" || !Array.isArray(reply)) return reply
  const [cursor = null, keys] = reply as readonly ModelReply[]
  return [cursor, Array.isArray(keys) ? (keys as readonly string[]).toSorted() : null]
}

function sameError(real: string, model: string): boolean {
  return withoutPlace(real) === model || luaErrors.some((each) => each.test(real) && each.test(model))
}
