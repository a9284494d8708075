import { expect, expectTypeOf, test } from "vitest"
import type {
  ChannelOptions,
  EventOptions,
  EventReaderStats,
  EventStats,
  PublishOptions,
  SubscribeOptions,
} from "../contracts/domain-event.ts"
import { json } from "../codecs/json.ts"
import { channelSettings, eventSettings } from "../events/event-settings.ts"
import { subscriptionSettings } from "../events/subscription-settings.ts"
import { durationMs, type Duration } from "../policy/duration.ts"
import { domainEventMetrics } from "./domain-event-metrics.ts"
import { domainEventOptions } from "./domain-event-options.ts"
import type { MetricFacts } from "./metrics.ts"
import type { OptionTable } from "./option-facts.ts"

type Coded = Exclude<keyof EventStats, "name" | "readers"> | `readers.${keyof EventReaderStats}`

test("every option and every figure of domain events is described, and nothing else", () => {
  // Checked when the package is compiled.
  expectTypeOf(domainEventOptions).toExtend<Readonly<Record<string, OptionTable>>>()
  expectTypeOf<keyof typeof domainEventOptions.event>().toEqualTypeOf<keyof EventOptions<unknown>>()
  expectTypeOf<keyof typeof domainEventOptions.publish>().toEqualTypeOf<keyof PublishOptions>()
  expectTypeOf<keyof typeof domainEventOptions.subscribe>().toEqualTypeOf<keyof SubscribeOptions<unknown>>()
  expectTypeOf<keyof typeof domainEventOptions.channel>().toEqualTypeOf<keyof ChannelOptions<unknown>>()
  expectTypeOf(domainEventMetrics).toExtend<Readonly<Record<string, MetricFacts>>>()
  expectTypeOf<keyof typeof domainEventMetrics>().toEqualTypeOf<Coded>()
})

const ms = (text: string): number => durationMs("default", text as Duration)

test("the defaults that are described are those of the code", () => {
  const { event, subscribe, channel } = domainEventOptions
  expect(eventSettings("shop", "e", {}, json())).toMatchObject({
    keepMs: ms(event.retention.default),
    maxEvents: Number(event.maxEvents.default),
    maxEventBytes: Number(event.maxEventBytes.default),
    codec: { name: "json" },
    stream: { key: "shop:{event#e}" },
  })
  expect(subscriptionSettings({ group: "g", handler: () => {} })).toMatchObject({
    from: JSON.parse(subscribe.from.default) as string,
    concurrency: Number(subscribe.concurrency.default),
    attempts: Number(subscribe.attempts.default),
    attemptTimeoutMs: ms(subscribe.attemptTimeout.default),
  })
  expect(channelSettings("c", {}).clearsAfterGap).toBe(channel.onReconnect.default === '"clear"')
})
