/** What carries a version of its own. */
export type Versioned = "product" | "offer" | "profile" | "category" | "flags"

/** A row in one of its versions: one that it got, or one that is shown. */
export interface RowVersion {
  readonly what: Versioned
  readonly id: number
  readonly version: number
}

/** The value of `x-changed` and `x-versions`, such as `product:42@7, category:61@3`. */
export function formatVersions(versions: readonly RowVersion[]): string {
  return versions.map(({ what, id, version }) => `${what}:${id}@${version}`).join(", ")
}

/** Reads what {@link formatVersions} wrote; parts in another form are left out. */
export function parseVersions(header: string): RowVersion[] {
  return header.split(", ").flatMap((part) => {
    const [, what, id, version] = /^(product|offer|profile|category|flags):(\d+)@(\d+)$/.exec(part) ?? []
    return what === undefined ? [] : [{ what: what as Versioned, id: Number(id), version: Number(version) }]
  })
}
