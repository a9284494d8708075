/** Something that takes events, such as a domain event of a Holdfast or a queue of your own. */
export interface Publisher<T> {
  /** Resolves once the event is on its way for good. */
  publish(payload: T): Promise<unknown>
}
