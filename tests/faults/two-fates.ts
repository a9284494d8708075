import { until, type WorkerProcess } from "@holdfast/servers"
import { startLosingProcess } from "./losing-process.ts"
import { redisAt, Shop, type Place } from "./losing-shop.ts"
import type { LosingHandlers } from "./losing-worker.ts"

/** What the processes that live have read while they came to terms with a loss. */
interface Read {
  readonly ofWriter: readonly (number | undefined)[]
  readonly ofSurvivor: readonly (number | undefined)[]
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

  /** Whether the store came to hold every row in both. */
  async fill(): Promise<boolean> {
    for (const shop of [this.writer, this.reader, this.survivor])
      for (const id of this.ids)
        if (!(await until(() => shop.holds(id, 1), { timeoutMs: 20_000, everyMs: 20 }))) return false
    return true
  }

  /** Changes every row in both, and kills one of the writers. Answers whether the store was told of all. */
  async changeAndKill(): Promise<boolean> {
    const areTold = [await this.#doomed.call("changeAll", this.ids)]
    for (const [at, id] of this.ids.entries()) areTold.push(await this.writer.change(id, at))
    await this.#doomed.kill()
    return areTold.every(Boolean)
  }

  /** What the processes that live read of every row. */
  async readOnce(): Promise<Set<number | undefined>> {
    const all = [this.writer, this.reader, this.survivor].flatMap((shop) => this.ids.map((id) => shop.read(id)))
    return new Set(await Promise.all(all))
  }

  /** Reads everything again and again until both have seen the loss and have nothing left to tell; undefined if they never do. */
  async readUntilSettled(isUsed: (shop: Shop) => Promise<boolean>): Promise<Read | undefined> {
    const [ofWriter, ofSurvivor]: (number | undefined)[][] = [[], []]
    const isSettled = async (): Promise<boolean> => {
      for (const id of this.ids) ofWriter?.push(await this.writer.read(id))
      for (const id of this.ids) ofSurvivor?.push(await this.survivor.read(id))
      const both = [this.writer, this.survivor]
      const each = both.map(async (shop) => shop.replays.length > 0 && (await shop.isSettled()) && isUsed(shop))
      return (await Promise.all(each)).every(Boolean)
    }
    const isOver = await until(isSettled, { timeoutMs: 30_000, everyMs: 10 })
    return isOver === true && ofWriter && ofSurvivor ? { ofWriter, ofSurvivor } : undefined
  }
}
