import { expect, test } from "vitest"
import { useStage } from "../stage.ts"
import { shows } from "./shows.ts"

const stage = useStage()

test(shows("H16", "without a near cache every process sees a change as soon as it is delivered"), async () => {
  const members = await stage.trio()
  const key = stage.key()
  for (let round = 0; round < 60; round += 1) {
    const [changing, ...others] = [...members.slice(round % 3), ...members.slice(0, round % 3)]
    const written = await changing?.call("write", key)
    expect(written?.delivered).toBe(true)
    expect(await Promise.all(others.map((other) => other.call("get", key)))).toEqual(others.map(() => written?.version))
  }
})
