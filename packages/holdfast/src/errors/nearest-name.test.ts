import { expect, test } from "vitest"
import { nearestName } from "./nearest-name.ts"

const names = ["ttl", "tags", "grace", "negativeTtl", "loadTimeout", "loadMany", "load"]

test.each([
  ["negativeTTL", "negativeTtl"],
  ["TTL", "ttl"],
  ["ttls", "ttl"],
  ["garce", "grace"],
  ["grase", "grace"],
  ["loadTimout", "loadTimeout"],
  ["loadTimeuot", "loadTimeout"],
  ["loads", "load"],
  ["lod", "load"],
  ["tll", "ttl"],
  ["xx", undefined],
  ["tag", "tags"],
  ["tg", undefined],
  ["timeout", undefined],
  ["staleWhileRevalidate", undefined],
  ["", undefined],
])("%s is taken for %s", (given, meant) => {
  expect(nearestName(given, names)).toBe(meant)
})
