import type { DomainEvent, EventMessage, EventSubscription, SubscribeOptions } from "../contracts/domain-event.ts"
import type { Holdfast } from "../cache/holdfast.ts"
import type { EventBed } from "./events.fixture.ts"

export type Options = Partial<SubscribeOptions<number>>

/** A process with a subscription. */
export interface Subscriber {
  readonly holdfast: Holdfast
  readonly event: DomainEvent<number>
  readonly subscription: EventSubscription
  /** What its handler was handed, unless it has another one. */
  readonly got: number[]
  readonly messages: EventMessage[]
}

export async function subscriber(bed: EventBed, options: Options = {}): Promise<Subscriber> {
  const holdfast = bed.process()
  const event = holdfast.event<number>("n")
  const got: number[] = []
  const messages: EventMessage[] = []
  const handler = (n: number, message: EventMessage): void => {
    messages.push(message)
    got.push(n)
  }
  const subscription = event.subscribe({ group: "g", handler, ...options })
  await bed.clock.settle()
  return { holdfast, event, subscription, got, messages }
}
