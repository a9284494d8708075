import { expect, expectTypeOf, test } from "vitest"
import type { CallOptions, InvalidateOptions } from "../cache/cache-options.ts"
import { cacheSettings, type AnyCacheOptions, type CacheSettings } from "../cache/cache-settings.ts"
import type { Holdfast } from "../cache/holdfast.ts"
import type { PatternOptions, ScanOptions } from "../cache/sweeps/sweep-options.ts"
import type { ListTagOptions } from "../cache/tags/tag-listing.ts"
import type { ReclaimTagOptions } from "../cache/tags/tag-reclaimer.ts"
import type { AfterCommitOptions } from "../cache/units/unit.ts"
import { json } from "../codecs/json.ts"
import type { HoldfastOptions } from "../exports/wiring/create-holdfast.ts"
import { durationMs, shareOf, type Duration, type Share } from "../policy/duration.ts"
import { cacheOptions } from "./cache-options.ts"
import type { OptionTable } from "./option-facts.ts"
import { options } from "./options.ts"
import { sweepOptions } from "./sweep-options.ts"
import { tagIndexOptions } from "./tag-index-options.ts"

type CloseOptions = NonNullable<Parameters<Holdfast["close"]>[0]>

test("every option is described, and nothing else", () => {
  // Checked when the package is compiled.
  expectTypeOf(tagIndexOptions).toExtend<Readonly<Record<string, OptionTable>>>()
  expectTypeOf({ ...options, cacheOptions }).toExtend<Readonly<Record<string, OptionTable>>>()
  expectTypeOf<keyof typeof options.createHoldfast>().toEqualTypeOf<keyof HoldfastOptions>()
  expectTypeOf<keyof typeof cacheOptions>().toEqualTypeOf<keyof AnyCacheOptions<never, never>>()
  expectTypeOf<keyof typeof options.call>().toEqualTypeOf<keyof CallOptions>()
  expectTypeOf<keyof typeof options.invalidate>().toEqualTypeOf<Exclude<keyof InvalidateOptions, keyof CallOptions>>()
  expectTypeOf<keyof typeof tagIndexOptions.listTag>().toEqualTypeOf<keyof ListTagOptions>()
  expectTypeOf<keyof typeof tagIndexOptions.reclaimTag>().toEqualTypeOf<keyof ReclaimTagOptions>()
  expectTypeOf(sweepOptions).toExtend<Readonly<Record<string, OptionTable>>>()
  expectTypeOf<keyof typeof sweepOptions.scan>().toEqualTypeOf<Exclude<keyof ScanOptions, keyof CallOptions>>()
  expectTypeOf<keyof typeof sweepOptions.invalidatePattern>().toEqualTypeOf<
    Exclude<keyof PatternOptions, keyof CallOptions>
  >()
  expectTypeOf<keyof typeof options.afterCommit>().toEqualTypeOf<keyof AfterCommitOptions>()
  expectTypeOf<keyof typeof options.close>().toEqualTypeOf<keyof CloseOptions>()
})

const ms = (text: string): number => durationMs("default", text as Duration)

/** What the code makes of a cache that gives nothing but what is required. */
const bare: CacheSettings<string, unknown> = cacheSettings("shop", { name: "product", ttl: "1h" }, json())

test("the defaults that are described are those of the code", () => {
  const described = cacheOptions
  expect(bare).toMatchObject({
    graceMs: Number(described.grace.default),
    negativeTtlMs: ms(described.negativeTtl.default.replace(", at most the ttl", "")),
    jitterShare: shareOf("jitter", described.jitter.default as Share),
    loadTimeoutMs: ms(described.loadTimeout.default),
    sourceConcurrency: Number(described.sourceConcurrency.default),
    maxValueBytes: Number(described.maxValueBytes.default),
    tombstoneMs: ms(described.maxReplicaLag.default),
  })
  const [entries = "", bytes = "", bound = "", isolate = "", outageCache = ""] = described.local.default.split(", ")
  expect(bare.near).toEqual({
    maxEntries: Number.parseInt(entries, 10),
    maxBytes: Number.parseInt(bytes, 10),
    maxStalenessMs: ms(bound),
    isolate: JSON.parse(isolate),
    outageCache: JSON.parse(outageCache),
  })
  expect(`${bare.codec.name}()`).toBe(described.codec.default)
})

test("the negative ttl is at most the ttl unless it is given", () => {
  expect(cacheSettings("shop", { name: "product", ttl: "5s" }, json()).negativeTtlMs).toBe(5000)
})

test("what is described as required cannot be left out", () => {
  const required = Object.entries(cacheOptions).filter(([, { default: value }]) => value === "required")
  expect(required.map(([name]) => name)).toEqual(["name", "ttl"])
  for (const [name] of required) {
    const rest = Object.fromEntries(Object.entries({ name: "product", ttl: "1h" }).filter(([given]) => given !== name))
    expect(() => cacheSettings("shop", rest as never, json()), name).toThrow(`\`${name}\``)
  }
})
