import { Flight, phases, type Landing } from "./flight.ts"

/** Detached flights of one key that may still be under way when another starts: with it, two loads of a key (R10). */
const detachedMax = 1

/** What a caller finds at a key. */
export interface KeyFlights<V> {
  /** The flight that callers may look at, if there is one. */
  readonly boardable: Flight<V> | undefined
  /** A flight to wait for before another may start, because as many as allowed are under way. */
  readonly crowding: Flight<V> | undefined
}

const noFlights: KeyFlights<never> = { boardable: undefined, crowding: undefined }

/** The flights of one cache in this process, by value key. */
export class FlightTable<V> {
  readonly #keys = new Map<string, FlightsOfKey<V>>()
  #gathering: Flight<V>[] = []

  at(key: string): KeyFlights<V> {
    return this.#keys.get(key) ?? noFlights
  }

  /**
   * Starts a flight, which gathers callers until the end of this turn: looks issued in one turn are not written before.
   * `fly` must end by calling {@link land}.
   */
  start(key: string, fly: (flight: Flight<V>) => Promise<Landing<V>>): Flight<V> {
    const flight = new Flight<V>()
    const flights = this.#keys.get(key)
    if (flights === undefined) this.#keys.set(key, new FlightsOfKey(flight))
    else flights.boardable = flight
    if (this.#gathering.push(flight) === 1) queueMicrotask(() => this.#endTurn())
    flight.landing = fly(flight)
    return flight
  }

  /** From now on nobody boards the present flight of this key, because something happened that later callers must see. */
  detach(key: string, only?: Flight<V>): void {
    const flights = this.#keys.get(key)
    const flight = flights?.boardable
    if (flights === undefined || flight === undefined || (only !== undefined && flight !== only)) return
    flights.boardable = undefined
    flights.detached = [...(flights.detached ?? []), flight]
    flight.wakeNext()
  }

  land(key: string, flight: Flight<V>): void {
    const flights = this.#keys.get(key)
    if (flights?.boardable === flight) flights.boardable = undefined
    else if (flights?.detached !== undefined) flights.detached = flights.detached.filter((other) => other !== flight)
    if (flights !== undefined && flights.boardable === undefined && !flights.detached?.length) this.#keys.delete(key)
    flight.enter(phases.landed)
  }

  #endTurn(): void {
    const flights = this.#gathering
    this.#gathering = []
    for (const flight of flights) if (flight.phase === phases.gathering) flight.enter(phases.looking)
  }
}

class FlightsOfKey<V> implements KeyFlights<V> {
  boardable: Flight<V> | undefined
  detached: readonly Flight<V>[] | undefined = undefined

  constructor(flight: Flight<V>) {
    this.boardable = flight
  }

  get crowding(): Flight<V> | undefined {
    return this.detached !== undefined && this.detached.length > detachedMax ? this.detached[0] : undefined
  }
}
