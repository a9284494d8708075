export { createHoldfast, type HoldfastOptions } from "./wiring/create-holdfast.ts"
export type { AfterFailover } from "./wiring/open-redis-store.ts"
export type { BreakerPolicy } from "./wiring/breaker-policy.ts"
export type { ConnectionMode } from "../clients/detect-client.ts"
export type { Holdfast } from "../cache/holdfast.ts"
export { presets } from "../cache/presets.ts"
export type { BaseCache, PuttableCache, ReadThroughCache } from "../cache/cache-kinds.ts"
export type {
  Batching,
  CallOptions,
  EntryPolicy,
  InvalidateOptions,
  LoadContext,
  LoadedEntry,
  Loader,
  LoadingCacheOptions,
  LoadManyContext,
  LoaderAnswer,
  LoadReason,
  ManualCacheOptions,
  ManyLoader,
  LocalOptions,
  ManyLoading,
  RowsLoader,
  SharedCacheOptions,
  Version,
  VersionedCacheOptions,
} from "../cache/cache-options.ts"
export type { CacheStatsSnapshot } from "../cache/cache-stats.ts"
export type { Delivery } from "../cache/invalidator.ts"
export type { Explanation } from "../cache/explanation.ts"
export type { Advice, AdviceFinding, AdviceId } from "../cache/advice.ts"
export type { EntryReference } from "../cache/groups/entry-reference.ts"
export type { GroupReport, GroupShare } from "../cache/groups/group-reads.ts"
export type { ValuesOf } from "../cache/groups/together.ts"
export type { Health } from "../cache/health.ts"
export type { LatencySummary } from "../cache/latency.ts"
export type { Lookup, LookupHit, LookupMiss } from "../cache/lookup.ts"
export type { Unchanged } from "../cache/unchanged.ts"
export type { ScannedKey } from "../cache/sweeps/key-stream.ts"
export type { Sweepable } from "../cache/sweeps/sweepable.ts"
export type {
  PatternCounts,
  PatternDelivery,
  PatternOptions,
  PatternProgress,
  ScanOptions,
  SweepOptions,
} from "../cache/sweeps/sweep-options.ts"
export type { ManyWriter, NewValues } from "../cache/many-writer.ts"
export type { WriteContext, WriteDeadline } from "../cache/write-window.ts"
export type { SourceWriter, Written } from "../cache/writer.ts"
export type { ListTagOptions, TaggedEntry, TagListing } from "../cache/tags/tag-listing.ts"
export type { ReclaimedTag, ReclaimProgress, ReclaimTagOptions } from "../cache/tags/tag-reclaimer.ts"
export type { TagState } from "../cache/tags/tag-judge.ts"
export type {
  AfterCommitOptions,
  OnThrow,
  Unit,
  UnitDelivery,
  UnitInvalidateOptions,
  UnitWork,
} from "../cache/units/unit.ts"
export { bytes } from "../codecs/bytes.ts"
export { json } from "../codecs/json.ts"
export { msgpack, type Packer } from "../codecs/msgpack.ts"
export { text } from "../codecs/text.ts"
export type { Clock, Timer } from "../contracts/clock.ts"
export type { Codec } from "../contracts/codec.ts"
export type {
  ChannelOptions,
  ChannelStats,
  DomainEvent,
  EventChannel,
  EventGap,
  EventInput,
  EventMessage,
  EventOptions,
  EventReaderStats,
  EventStats,
  EventSubscription,
  GapReason,
  InvalidationRule,
  InvalidationTarget,
  Published,
  PublishOptions,
  SubscribeOptions,
} from "../contracts/domain-event.ts"
export type * from "../contracts/event-stream.ts"
export type { EventAddress } from "../entry/event-address.ts"
export type { HoldfastEvent, Observer, ReadOutcome } from "../contracts/observer.ts"
export type { Publisher } from "../contracts/publisher.ts"
export type { Random } from "../contracts/random.ts"
export type { NodeAddress } from "../contracts/redis-client.ts"
export type { Change, Coherence, Doubts, TrackingState, Witness, WitnessState } from "../contracts/coherence.ts"
export type { KeyScan, KeySweep, SweepPace, SweepProgress } from "../contracts/key-scan.ts"
export type { Invalidation, Loss, Losses } from "../contracts/losses.ts"
export type { NearStats } from "../contracts/near-tier.ts"
export type * from "../contracts/store.ts"
export type * from "../contracts/tag-index-store.ts"
export type * from "../contracts/tag-store.ts"
export { glob, type Glob, type GlobValue } from "../entry/glob.ts"
export type { EntryAddress, EntryNames } from "../entry/key.ts"
export type { TagAddress } from "../entry/tag-address.ts"
export type { Duration, DurationParts, Share, TemporalDurationLike } from "../policy/duration.ts"
export type { ErrorCode } from "../catalogue/error-codes.ts"
export { BatchPartialError } from "../errors/batch-partial-error.ts"
export { hasCode, HoldfastError, type ErrorFacts } from "../errors/holdfast-error.ts"
