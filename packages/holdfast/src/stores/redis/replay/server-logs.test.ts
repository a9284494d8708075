import { expect, test } from "vitest"
import type { Invalidation } from "../../../contracts/losses.ts"
import { tagAddress } from "../../../entry/tag-address.ts"
import { server } from "./replay-log.fixture.ts"
import { placeOf } from "./server-log.ts"
import { ServerLogs } from "./server-logs.ts"

const tag: Invalidation = { tag: tagAddress("shop", "t") }

function concerned(logs: ServerLogs, by: ReturnType<typeof server>, sharesSlots = false): string[] {
  return logs.concernedBy(by.generation, placeOf(by.generation), sharesSlots).map(({ node }) => node)
}

test("a server has one log, which concerns every other server until its own has been without slots for the reach", () => {
  const logs = new ServerLogs({ most: 10, reachMs: 1000 })
  const [first, second] = [server(1, "one"), server(2, "two")]
  expect(logs.of(first.generation)).toBe(logs.of(first.generation))
  expect([concerned(logs, first), concerned(logs, second)]).toEqual([[], ["h:1"]])
  logs.tidy(0, new Set(["h:1"]))
  logs.tidy(5000, new Set(["h:2"]))
  logs.tidy(6000, new Set(["h:2"]))
  expect(concerned(logs, second)).toEqual(["h:1"])
  logs.tidy(6001, new Set(["h:2"]))
  expect(concerned(logs, second)).toEqual([])
  logs.tidy(6002, new Set(["h:1"]))
  expect(concerned(logs, second)).toEqual(["h:1"])
})

test("a server that is gone still concerns itself in another run, a replica of it, and whoever has all slots", () => {
  const logs = new ServerLogs({ most: 10, reachMs: 1000 })
  const first = server(1, "one")
  logs.of(first.generation)
  logs.tidy(0, new Set())
  logs.tidy(1001, new Set())
  const replica = server(3, "three", { formerReplId: first.generation.replId })
  expect([concerned(logs, server(1, "two")), concerned(logs, replica)]).toEqual([["h:1"], ["h:1"]])
  expect([concerned(logs, server(2, "two")), concerned(logs, server(2, "two"), true)]).toEqual([[], ["h:1"]])
})

test("what is remembered of a server is let go of with time, and then that it is gone; of those that have slots none is", () => {
  const logs = new ServerLogs({ most: 10, reachMs: 1000 })
  const log = logs.of(server(1, "one").generation)
  log.acknowledged.add(tag, 1, 500)
  logs.tidy(0, new Set())
  logs.tidy(1500, new Set())
  expect([log.acknowledged.size, log.isGone]).toEqual([1, false])
  logs.tidy(1501, new Set())
  expect([log.acknowledged.size, log.isGone]).toEqual([0, true])
})

test("of servers that are gone the last 256 are known", () => {
  const logs = new ServerLogs({ most: 10, reachMs: 1000 })
  const stays = server(9999, "stays")
  logs.of(stays.generation)
  for (let port = 1; port <= 600; port += 1) {
    logs.of(server(port, "one").generation)
    logs.tidy(port * 10_000, new Set(["h:9999"]))
    logs.tidy(port * 10_000 + 5000, new Set(["h:9999"]))
  }
  expect(logs.all.length).toBe(257)
  const known = (port: number): boolean => concerned(logs, server(port, "two")).includes(`h:${port}`)
  expect([9999, 600, 345, 344, 1].map(known)).toEqual([true, true, true, false, false])
})
