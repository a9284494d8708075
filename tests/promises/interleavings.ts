/**
 * Every order in which actors with so many steps each can take turns; each order is a list of indexes of actors.
 *
 * Two actors with three steps have 20 of them.
 */
export function* interleavings(steps: readonly number[]): Generator<readonly number[]> {
  if (steps.every((left) => left === 0)) yield []
  for (const [actor, left] of steps.entries()) {
    if (left === 0) continue
    for (const rest of interleavings(steps.with(actor, left - 1))) yield [actor, ...rest]
  }
}

/** One after the other. */
export type Steps = readonly (() => Promise<void>)[]

/** Takes the steps of several actors in one order; `between` runs before the first step and after each. */
export async function play(
  actors: readonly Steps[],
  order: readonly number[],
  between: (stepsTaken: number) => Promise<void>,
): Promise<void> {
  const taken = actors.map(() => 0)
  await between(0)
  for (const [at, actor] of order.entries()) {
    const step = taken[actor] ?? 0
    await actors[actor]?.[step]?.()
    taken[actor] = step + 1
    await between(at + 1)
  }
}
