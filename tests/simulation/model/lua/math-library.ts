import { numberArg } from "./arguments.ts"
import type { LuaFunction, LuaValue } from "./lua-value.ts"

function of(name: string, calculate: (value: number) => number): LuaFunction {
  return (value) => calculate(numberArg(value, 1, name))
}

/** Without NaN the order of the arguments does not matter. */
function best(name: string, isBetter: (one: number, other: number) => boolean): LuaFunction {
  return (...values: LuaValue[]) => {
    let found = numberArg(values[0], 1, name)
    for (let at = 1; at < values.length; at++) {
      const value = numberArg(values[at], at + 1, name)
      if (isBetter(value, found)) found = value
    }
    return found
  }
}

export const mathLibrary: Readonly<Record<string, LuaFunction>> = {
  floor: of("floor", Math.floor),
  ceil: of("ceil", Math.ceil),
  abs: of("abs", Math.abs),
  sqrt: of("sqrt", Math.sqrt),
  max: best("max", (one, other) => one > other),
  min: best("min", (one, other) => one < other),
  fmod: (value, by) => numberArg(value, 1, "fmod") % numberArg(by, 2, "fmod"),
}
