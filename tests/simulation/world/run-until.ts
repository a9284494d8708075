import type { World } from "./world.ts"

/** A macrotask of the real event loop: every promise that is settled has been heard before it. */
const laterTask = setImmediate

/** A turn of the real event loop costs more than most events, so this many tasks are planned for each turn. */
const tasksPerTurn = 128

/** Runs a world until a point of virtual time, and lets promises settle after every event that runs code of a process. */
export function runUntil(world: World, untilMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const step = (): void => {
      if (isOver) return
      try {
        if (world.advance(untilMs)) return
        isOver = true
        resolve()
      } catch (error) {
        isOver = true
        reject(error)
      }
    }
    const turn = (): void => {
      if (isOver) return
      for (let task = 0; task < tasksPerTurn; task += 1) laterTask(step)
      laterTask(turn)
    }
    turn()
  })
}
