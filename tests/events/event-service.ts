import { until } from "@holdfast/servers"
import { createHoldfast, type DomainEvent, type Holdfast, type HoldfastEvent, type ReadThroughCache } from "holdfast"

/** What a product event says. */
export interface Product {
  readonly id: string
}

/** A source that counts the versions of its rows. */
export class Rows {
  readonly #versions = new Map<string, number>()

  read(id: string): number {
    return this.#versions.get(id) ?? 0
  }

  commit(id: string): number {
    const version = this.read(id) + 1
    this.#versions.set(id, version)
    return version
  }
}

interface ServiceOptions {
  readonly redis: unknown
  readonly rows: Rows
  readonly namespace?: string
}

/** A process of a service that caches rows and hears of changes in the events of the service "catalog". */
export class EventService implements AsyncDisposable {
  readonly holdfast: Holdfast
  readonly event: DomainEvent<Product>
  readonly cache: ReadThroughCache<string, number>
  readonly reported: HoldfastEvent[] = []

  constructor({ redis, rows, namespace = "shop" }: ServiceOptions) {
    const onEvent = (event: HoldfastEvent): void => void this.reported.push(event)
    this.holdfast = createHoldfast({ redis, namespace, onEvent, commandTimeout: "2s" })
    this.event = this.holdfast.event<Product>("product.updated", { namespace: "catalog" })
    this.cache = this.holdfast.cache({
      name: "product",
      ttl: "1h",
      local: false,
      load: async (id: string) => rows.read(id),
      invalidateOn: [this.event.keys(({ id }) => [id])],
    })
  }

  get gaps(): readonly string[] {
    return this.reported.flatMap((event) => (event.name === "event-gap" ? [event.why] : []))
  }

  get clears(): number {
    return this.cache.stats().clears
  }

  /** Waits until this process reads the stream, and is at its end. */
  caughtUp(timeoutMs = 15_000): Promise<boolean | undefined> {
    return soon(() => {
      const [reader] = this.event.stats().readers
      return reader?.isReading === true && reader.lag === 0
    }, timeoutMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.holdfast.close()
  }
}

export function soon(happened: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<boolean | undefined> {
  return until(async () => (await happened()) || undefined, { timeoutMs, everyMs: 5 })
}

/** Publishes again until the server has answered, with one id, as the guide tells. */
export async function publishSurely<T>(event: DomainEvent<T>, payload: T, id: string): Promise<void> {
  const isPublished = async (): Promise<boolean> => {
    try {
      return (await event.publish(payload, { id })).delivered
    } catch {
      return false
    }
  }
  if ((await soon(isPublished, 30_000)) === undefined) throw new Error("The event could not be published within 30 s.")
}
