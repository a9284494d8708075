/** Something that takes events, such as a domain event of a Holdfast or a queue of your own. */
export interface Publisher<T> {
  /** Resolves once the event is on its way for good. */
  publish(payload: T): Promise<unknown>
  /**
   * Checks a payload and keeps it as it is now; the answer publishes it. A unit calls it when the event is named, so that a payload that
   * cannot be published is refused before the commit; without it the unit keeps the payload for `publish`. Throws what the payload is refused with.
   */
  prepare?(payload: T): () => Promise<unknown>
}
