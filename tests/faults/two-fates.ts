import { until, type RedisProcess, type WorkerProcess } from "@holdfast/servers"
import { freezeBehind } from "./in-step.ts"
import { startLosingProcess } from "./losing-process.ts"
import { redisAt, Shop, type Place } from "./losing-shop.ts"
import type { LosingHandlers } from "./losing-worker.ts"

/** How a primary is lost. */
export interface Loss {
  readonly lost: RedisProcess
  /** Of the primary. */
  readonly replicas: readonly RedisProcess[]
  /** Resolves with who has taken its place. */
  readonly heir: () => Promise<RedisProcess>
}

/** What the processes that live have read: each version once. */
export interface Read {
  readonly before: ReadonlySet<number | undefined>
  readonly byWriter: ReadonlySet<number | undefined>
  readonly bySurvivor: ReadonlySet<number | undefined>
  readonly after: ReadonlySet<number | undefined>
}

/** Two services on the same servers: in one the writer lives through a loss; in the other, where caches are cleared, it is killed before it. */
export class TwoFates implements AsyncDisposable {
  readonly ids: readonly string[]
  readonly writer: Shop
  readonly reader: Shop
  /** Of the service whose writer is killed. */
  readonly survivor: Shop
  readonly #doomed: WorkerProcess<LosingHandlers>

  private constructor(client: string, place: Place, ids: readonly string[], doomed: WorkerProcess<LosingHandlers>) {
    const source = new Map(ids.map((id) => [id, 1]))
    this.ids = ids
    this.#doomed = doomed
    this.writer = new Shop(redisAt(client, place), source)
    this.reader = new Shop(redisAt(client, place), source)
    this.survivor = new Shop(redisAt(client, place), source, { namespace: "stall", afterFailover: "clear" })
  }

  static async start(client: string, place: Place, ids: readonly string[]): Promise<TwoFates> {
    return new TwoFates(client, place, ids, await startLosingProcess({ client, place, namespace: "stall" }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { writer, reader, survivor } = this
    await Promise.all([this.#doomed.kill(), ...[writer, reader, survivor].map(({ holdfast }) => holdfast.close())])
  }

  /**
   * Changes every row on a primary whose replicas hear nothing of it, kills one of the writers and the primary, and reads everything again
   * and again until the processes that live have found the loss and have nothing left to tell. Rejects if anything does not come about.
   */
  async outlive({ lost, replicas, heir }: Loss): Promise<Read> {
    await this.#fill()
    await freezeBehind(lost, replicas)
    await this.#changeAndKill()
    const before = await this.#readOnce()
    await lost.kill()
    for (const replica of replicas) replica.thaw()
    const { port } = await heir()
    return { before, ...(await this.#readUntilSettled(port)), after: await this.#readOnce() }
  }

  /** Until the store holds every row in both. */
  async #fill(): Promise<void> {
    for (const shop of [this.writer, this.reader, this.survivor])
      for (const id of this.ids)
        if (!(await until(() => shop.holds(id, 1), { timeoutMs: 20_000, everyMs: 20 })))
          throw new Error(`The store does not come to hold ${id}.`)
  }

  async #changeAndKill(): Promise<void> {
    const areTold = [await this.#doomed.call("changeAll", this.ids)]
    for (const [at, id] of this.ids.entries()) areTold.push(await this.writer.change(id, at))
    if (areTold.includes(false)) throw new Error("The store was not told of every change.")
    await this.#doomed.kill()
  }

  async #readOnce(): Promise<Read["before"]> {
    const all = [this.writer, this.reader, this.survivor].flatMap((shop) => this.ids.map((id) => shop.read(id)))
    return new Set(await Promise.all(all))
  }

  async #readUntilSettled(port: number): Promise<Pick<Read, "byWriter" | "bySurvivor">> {
    const [byWriter, bySurvivor] = [new Set<number | undefined>(), new Set<number | undefined>()]
    const isSettled = async (): Promise<boolean> => {
      for (const id of this.ids) byWriter.add(await this.writer.read(id))
      for (const id of this.ids) bySurvivor.add(await this.survivor.read(id))
      const each = [this.writer, this.survivor].map(
        async (shop) => shop.replays.length > 0 && (await shop.isSettled(port)),
      )
      return (await Promise.all(each)).every(Boolean)
    }
    if (await until(isSettled, { timeoutMs: 30_000, everyMs: 10 })) return { byWriter, bySurvivor }
    throw new Error("The loss is not found and told within half a minute.")
  }
}
