import { permissions, type PermissionFacts, type PermissionNeed } from "./permissions.ts"

/** A server as its rules differ. */
export interface AclServer {
  readonly engine: "redis" | "valkey"
  /** Major and minor version as a number: 8.4. */
  readonly version: number
}

export interface AclOptions {
  /** Of the Holdfast. */
  readonly namespace: string
  readonly needs: readonly PermissionNeed[]
  readonly server: AclServer
}

/** The rules for ACL SETUSER that let a user do what Holdfast needs, and no more. Name, password and `on` are not among them. */
export function aclRules({ namespace, needs, server }: AclOptions): string[] {
  const wanted = Object.entries<PermissionFacts>(permissions)
    .filter(([, { need, since }]) => (need === "always" || needs.includes(need)) && isKnown(since, server))
    .map(([rule, { before7 = rule }]) => (server.engine === "redis" && server.version < 7 ? before7 : rule))
  return ["resetchannels", `~${namespace}:*`, `&${namespace}:*`, "-@all", ...new Set(wanted)]
}

function isKnown(since: PermissionFacts["since"], { engine, version }: AclServer): boolean {
  if (since === undefined) return true
  const first = since[engine]
  return first !== undefined && version >= first
}
