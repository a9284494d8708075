import { holesOfCopies } from "./holes-of-copies.ts"
import { holesOfLoads } from "./holes-of-loads.ts"
import { holesOfServers } from "./holes-of-servers.ts"
import { holesOfWriters } from "./holes-of-writers.ts"

/** Every hole that is known: the page on guarantees is made of it, and so are the names of the tests that show it. */
export const failureTable = { ...holesOfWriters, ...holesOfLoads, ...holesOfServers, ...holesOfCopies } as const

export type HoleId = keyof typeof failureTable

type Shown<Id extends HoleId> = (typeof failureTable)[Id]["shown"]

/** What tests show of a hole. */
export type Claim<Id extends HoleId> = {
  [File in keyof Shown<Id>]: Shown<Id>[File] extends readonly (infer One extends string)[] ? One : never
}[keyof Shown<Id>]
