/** What carries a version of its own. */
export type Versioned = "product" | "offer" | "profile" | "category" | "flags"

/** One row that got a new version. */
export interface Change {
  readonly what: Versioned
  readonly id: number
  readonly version: number
}

/** The value of `x-changed`, such as `product:42@7, category:61@3`. */
export function formatChanges(changes: readonly Change[]): string {
  return changes.map(({ what, id, version }) => `${what}:${id}@${version}`).join(", ")
}

/** Reads what {@link formatChanges} wrote; parts in another form are left out. */
export function parseChanges(header: string): Change[] {
  return header.split(", ").flatMap((part) => {
    const [, what, id, version] = /^(product|offer|profile|category|flags):(\d+)@(\d+)$/.exec(part) ?? []
    return what === undefined ? [] : [{ what: what as Versioned, id: Number(id), version: Number(version) }]
  })
}
