import { importsOf, resolveFrom, type Import } from "./imports.ts"
import { isTest, type SourceTree } from "./source-tree.ts"

interface Layer {
  readonly may: readonly string[]
  /** The layer may name the others, but only with `import type`. */
  readonly typesOnly?: boolean
}

/** Who may import whom below packages/holdfast/src. A folder may always import itself. */
export const layers: Readonly<Record<string, Layer>> = {
  internal: { may: [] },
  catalogue: { may: [] },
  errors: { may: ["catalogue", "internal"] },
  entry: { may: ["errors", "catalogue", "internal"] },
  contracts: { may: ["entry", "errors", "catalogue"], typesOnly: true },
  scripts: { may: [] },
  codecs: { may: ["contracts", "errors", "internal", "entry"] },
  observe: { may: ["contracts", "catalogue", "internal"] },
  policy: { may: ["contracts", "entry", "errors", "internal"] },
  clients: { may: ["contracts", "errors", "internal"] },
  connection: { may: ["contracts", "policy", "errors", "internal", "catalogue"] },
  stores: { may: ["contracts", "entry", "scripts", "policy", "errors", "catalogue", "internal"] },
  events: { may: ["contracts", "policy", "entry", "errors", "catalogue", "internal"] },
  near: { may: ["contracts", "policy", "entry", "errors", "catalogue", "internal", "scripts"] },
  cache: { may: ["contracts", "policy", "entry", "errors", "catalogue", "internal"] },
  testing: { may: ["contracts", "policy", "entry", "errors", "catalogue", "internal"] },
}

/** The only place where parts meet: it may import everything, and nothing may import it. */
const top = "exports"

/** Packages whose types `clients` may name. At run time the library imports no package at all. */
const clientPackages = new Set(["ioredis", "redis", "@redis/client", "@valkey/valkey-glide"])
/** Packages that unit tests beside the source may use. */
const testPackages = new Set(["vitest", "fast-check", "msgpackr"])

/** What in a tree breaks the table, one line each, naming the file and the import. */
export function layerComplaints(tree: SourceTree): string[] {
  return [...tree]
    .filter(([path]) => path.endsWith(".ts"))
    .flatMap(([path, text]) => [
      ...(folderOf(path) in layers || folderOf(path) === top ? [] : [`${path}: "${folderOf(path)}" is no layer`]),
      ...importsOf(path, text).flatMap((one) => complaintAbout(path, one) ?? []),
    ])
}

function complaintAbout(path: string, one: Import): string | undefined {
  const what = `${path}: ${one.typeOnly ? "import type" : "import"} "${one.from}"`
  if (one.from.startsWith("node:")) return undefined
  if (!one.from.startsWith("."))
    return isPackageAllowed(path, one) ? undefined : `${what}: no package may be imported here`
  if (isTest(path)) return undefined
  const target = resolveFrom(path, one.from)
  if (isTest(target)) return `${what}: a test is imported by nothing`
  return isAllowed(path, target, one)
    ? undefined
    : `${what}: ${folderOf(path)} may not import ${folderOf(target)} this way`
}

function isPackageAllowed(path: string, one: Import): boolean {
  if (isTest(path)) return testPackages.has(one.from)
  if (folderOf(path) === "testing" && one.from === "vitest") return one.typeOnly
  return folderOf(path) === "clients" && one.typeOnly && clientPackages.has(one.from)
}

function isAllowed(path: string, target: string, one: Import): boolean {
  const [from, to] = [folderOf(path), folderOf(target)]
  if (from === "stores" && to === "stores") return storeOf(path) === storeOf(target) || storeOf(target) === undefined
  if (from === to) return true
  if (from === top) return true
  const layer = layers[from]
  return layer !== undefined && layer.may.includes(to) && (layer.typesOnly !== true || one.typeOnly)
}

/** The layer of a file: its first folder. */
const folderOf = (path: string): string => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "(none)")

/** `stores/redis/x.ts` belongs to the store `redis`; a file right below `stores` is shared by all of them. */
const storeOf = (path: string): string | undefined => path.match(/^stores\/([^/]+)\//)?.[1]
