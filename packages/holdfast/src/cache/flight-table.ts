import { Flight, type Landing } from "./flight.ts"

/** Detached flights of one key that may still be under way when another starts: with it, two loads of a key (R10). */
const detachedMax = 1

interface KeyFlights<V> {
  boardable: Flight<V> | undefined
  detached: Flight<V>[] | undefined
}

/** The flights of one cache in this process, by value key. */
export class FlightTable<V> {
  readonly #keys = new Map<string, KeyFlights<V>>()

  /** The flight that callers of this key may look at, if there is one. */
  current(key: string): Flight<V> | undefined {
    return this.#keys.get(key)?.boardable
  }

  /** A flight to wait for before another may start, if as many as allowed are under way. */
  crowding(key: string): Flight<V> | undefined {
    const detached = this.#keys.get(key)?.detached
    return detached !== undefined && detached.length > detachedMax ? detached[0] : undefined
  }

  /** Starts a flight. `fly` must end by calling {@link land}. */
  start(key: string, fly: (flight: Flight<V>) => Promise<Landing<V>>): Flight<V> {
    const flight = new Flight<V>()
    const flights = this.#keys.get(key)
    if (flights === undefined) this.#keys.set(key, { boardable: flight, detached: undefined })
    else flights.boardable = flight
    flight.landing = fly(flight)
    flight.landing.catch(() => {})
    return flight
  }

  /** From now on nobody boards the present flight of this key, because something happened that later callers must see. */
  detach(key: string, only?: Flight<V>): void {
    const flights = this.#keys.get(key)
    const flight = flights?.boardable
    if (flights === undefined || flight === undefined || (only !== undefined && flight !== only)) return
    flights.boardable = undefined
    flights.detached ??= []
    flights.detached.push(flight)
    flight.wakeNext()
  }

  land(key: string, flight: Flight<V>): void {
    const flights = this.#keys.get(key)
    if (flights?.boardable === flight) flights.boardable = undefined
    else if (flights?.detached !== undefined) flights.detached = flights.detached.filter((other) => other !== flight)
    if (flights !== undefined && flights.boardable === undefined && !flights.detached?.length) this.#keys.delete(key)
    flight.enter({ is: "landed" })
  }
}
