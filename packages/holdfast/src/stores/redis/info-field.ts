/** One field of what INFO or CLUSTER INFO says; undefined if it is not there. */
export function infoField(info: string | undefined, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)\\r?$`, "m").exec(info ?? "")?.[1]
}
