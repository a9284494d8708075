import { HoldfastError } from "../errors/holdfast-error.ts"

/**
 * The options of a node-redis cluster or Sentinel. It shows them to nobody but the constructor that `duplicate` calls, and that is looked
 * up in the prototype.
 */
export function constructorOptions(user: { duplicate(overrides: object): unknown }): object | undefined {
  let given: object | undefined
  const constructor = function (options: object): void {
    given = options
  }
  const like = Object.create(Object.create(user, { constructor: { value: constructor } })) as typeof user
  like.duplicate({})
  return given
}

export function settingsHidden(kind: "cluster" | "Sentinel"): HoldfastError {
  const fits = kind === "cluster" ? "5 or 6" : "6, or pass an ioredis client with `sentinels`"
  return new HoldfastError(
    "CLIENT_NOT_SUPPORTED",
    `The settings of this node-redis ${kind} cannot be read; install \`redis\` ${fits}.`,
  )
}
