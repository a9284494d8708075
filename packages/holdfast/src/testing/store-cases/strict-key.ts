import assert from "node:assert/strict"
import type { FillAnswer, LeaseAnswer, LeaseGrant, StrictTerm, WindowGrant } from "../../contracts/store.ts"
import type { ChangeOptions, EntryOptions, LeaseOptions, StoreKey, StoreScene } from "./store-scene.ts"

/** How long the windows of these cases live, in milliseconds. */
export const termMs = 100

/** The calls of the contract for one key of a strict cache. */
export class StrictKey {
  readonly key: StoreKey
  readonly #scene: StoreScene
  readonly #term: StrictTerm

  constructor(scene: StoreScene, keepMs: number = 60_000) {
    this.key = scene.key()
    this.#scene = scene
    this.#term = { termMs, keepMs, tombstoneMs: 60_000 }
  }

  /** A key of which a record is older than a term, so that it may be filled. */
  static async settled(scene: StoreScene, keepMs?: number): Promise<StrictKey> {
    const strict = new StrictKey(scene, keepMs)
    assert.equal(await strict.ask(), "no-fill")
    await scene.advance(termMs + 20)
    return strict
  }

  get run(): string | undefined {
    return this.#scene.store.runOf(this.key.address)
  }

  lease(options: LeaseOptions = {}): Promise<LeaseAnswer> {
    return this.key.lease({ ...options, strict: this.#term })
  }

  async ask(options: LeaseOptions = {}): Promise<LeaseAnswer["is"]> {
    return (await this.lease(options)).is
  }

  win(options: LeaseOptions = {}): Promise<LeaseGrant> {
    return this.key.win({ ...options, strict: this.#term })
  }

  fillUnder(grant: LeaseGrant, text: string, options: EntryOptions = {}): Promise<FillAnswer> {
    return this.key.fillUnder(grant, text, { run: this.run, ...options })
  }

  async stock(text: string, options: EntryOptions = {}): Promise<void> {
    assert.equal(await this.fillUnder(await this.win(), text, options), "stored")
  }

  open(): Promise<WindowGrant> {
    return this.key.open(termMs, this.#term)
  }

  close(grant: WindowGrant, text: string | undefined, options: EntryOptions & ChangeOptions = {}): Promise<string> {
    return this.key.close(grant, text, { run: this.run, ...options })
  }
}
