import { Flight, phases } from "./flight.ts"

/** Detached flights of one key that may still be under way when another starts: with it, two loads of a key (R10). */
const detachedMax = 1

/** The flights of one cache in this process, by value key. */
export class FlightTable<V> {
  /** The flight of each key that callers may look at. */
  readonly #boardable = new Map<string, Flight<V>>()
  /** Flights under way that nobody may board any more; few keys ever have one. */
  readonly #detached = new Map<string, readonly Flight<V>[]>()
  #turn = 0
  #turnEnds = false

  boardable(key: string): Flight<V> | undefined {
    return this.#boardable.get(key)
  }

  /** A flight to wait for before another may start, because as many as allowed are under way. */
  crowding(key: string): Flight<V> | undefined {
    if (this.#detached.size === 0) return undefined
    const detached = this.#detached.get(key)
    return detached !== undefined && detached.length > detachedMax ? detached[0] : undefined
  }

  /** Starts a flight, whose `landing` the caller sets at once, and which must end by {@link land}. */
  start(key: string): Flight<V> {
    const flight = new Flight<V>(this.#turn)
    this.#boardable.set(key, flight)
    if (!this.#turnEnds) {
      this.#turnEnds = true
      queueMicrotask(() => this.#endTurn())
    }
    return flight
  }

  /** Whether none of the flight's commands is written yet: looks issued in one turn leave when it has ended. */
  isGathering(flight: Flight<V>): boolean {
    return flight.turnOfStart === this.#turn && flight.phase === phases.looking
  }

  /** From now on nobody boards the present flight of this key, because something happened that later callers must see. */
  detach(key: string, only?: Flight<V>): void {
    const flight = this.#boardable.get(key)
    if (flight === undefined || (only !== undefined && flight !== only)) return
    this.#boardable.delete(key)
    this.#detached.set(key, [...(this.#detached.get(key) ?? []), flight])
    flight.wakeNext()
  }

  /** The same for all keys that it may concern; default: for all, because nobody knows which. */
  detachAll(concerns: (key: string) => boolean = () => true): void {
    for (const key of this.#boardable.keys()) if (concerns(key)) this.detach(key)
  }

  land(key: string, flight: Flight<V>): void {
    if (this.#boardable.get(key) === flight) this.#boardable.delete(key)
    else this.#forget(key, flight)
    flight.enter(phases.landed)
  }

  #forget(key: string, flight: Flight<V>): void {
    const others = this.#detached.get(key)?.filter((other) => other !== flight) ?? []
    if (others.length === 0) this.#detached.delete(key)
    else this.#detached.set(key, others)
    // Whoever waits because the key is crowded waits for one of these, and there is room now.
    for (const other of others) other.wakeNext()
  }

  #endTurn(): void {
    this.#turn += 1
    this.#turnEnds = false
  }
}
