import { deferred, type Deferred } from "../../internal/deferred.ts"
import type { Store } from "../../contracts/store.ts"
import type { Holdfast } from "../holdfast.ts"
import type { AfterCommitOptions, Unit } from "./unit.ts"

/** Work of a unit that stands still until the test lets it commit or fail. */
export interface GatedWork {
  readonly unit: Unit
  readonly gate: Deferred<string>
  readonly done: Promise<string>
}

/** Begins `afterCommit` with work that names what the test wants and then waits for its gate. */
export async function gatedWork(
  holdfast: Holdfast,
  name: (unit: Unit) => void = () => {},
  options: AfterCommitOptions = {},
): Promise<GatedWork> {
  const gate = deferred<string>()
  const begun = deferred<Unit>()
  const done = holdfast.afterCommit((unit) => {
    name(unit)
    begun.resolve(unit)
    return gate.promise
  }, options)
  done.catch(() => {
    // The test looks at it.
  })
  return { unit: await Promise.race([begun.promise, done.then(() => begun.promise)]), gate, done }
}

/** The changing calls that reach a store, in their order: name of the method and value key or tag. */
export function recording(store: Store): { readonly store: Store; readonly calls: string[] } {
  const calls: string[] = []
  const recorded = new Set(["invalidate", "invalidateTag", "openWindow", "closeWindow"])
  const wrapped = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== "function") return member
      return (...args: unknown[]): unknown => {
        if (recorded.has(String(name))) calls.push(`${String(name)} ${keyOf(args[0])}`)
        return Reflect.apply(member, target, args)
      }
    },
  })
  return { store: wrapped, calls }
}

function keyOf(subject: unknown): string {
  const { address, value, key } = subject as { address?: { value: string }; value?: string; key?: string }
  return address?.value ?? value ?? key ?? ""
}
