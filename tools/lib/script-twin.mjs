/** @param {string} name */
const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())

/** @param {string} name */
const pascalCase = (name) => camelCase(`-${name}`)

/** @param {string} name */
const isDuration = (name) => name.endsWith("Ms")

/** @param {string} include */
const includeName = (include) => `${camelCase(include)}Lua`

/** @param {readonly string[]} lines */
const luaText = (lines) => `String.raw\`${lines.join("\n")}\``

/**
 * The TypeScript twin of an include: its text, which every script that uses it imports, so that it is shipped once.
 *
 * @param {string} name
 * @param {readonly string[]} lines
 */
export const includeTwinOf = (
  name,
  lines,
) => `// Generated from scripts/includes/${name}.lua by tools/generate-scripts.mjs. Do not edit.

export const ${includeName(name)}: string = ${luaText([...lines, ""])}
`

/**
 * The TypeScript twin of a script: its text and hash, and a function that puts named arguments in their order.
 * It imports the twins of its includes.
 *
 * @param {import("./lua-script.mjs").LuaScript} script
 * @returns {string}
 */
export function twinOf({ name, about, keys, args, pieces, sha1 }) {
  const constant = camelCase(name)
  const type = `${pascalCase(name)}Call`
  const fields = [
    ...keys.map((key) => `  /** KEYS: ${key.about} */\n  readonly ${key.name}: string`),
    ...args.map(
      (arg) =>
        `  /** ${arg.about} */\n  readonly ${arg.name}: ${isDuration(arg.name) ? "number" : "string | Uint8Array"}`,
    ),
  ]
  const keyList = keys.map((key) => `call.${key.name}`).join(", ")
  const argList = args
    .map((arg) => (isDuration(arg.name) ? `wholeMs(call.${arg.name})` : `call.${arg.name}`))
    .join(", ")
  const includes = pieces.flatMap(({ include }) => include ?? [])
  const imports = [
    ...includes.map((include) => `import { ${includeName(include)} } from "./includes/${include}.ts"\n`),
    ...(args.some((arg) => isDuration(arg.name)) ? ['import { wholeMs } from "../whole-ms.ts"\n'] : []),
  ]
  const texts = pieces.map(({ include, lines }, at) =>
    include === undefined ? luaText(at < pieces.length - 1 ? [...lines, ""] : lines) : includeName(include),
  )
  return `// Generated from scripts/${name}.lua by tools/generate-scripts.mjs. Do not edit.
${imports.join("")}
/** ${about} */
export const ${constant}: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "${name}",
  sha1: "${sha1}",
  lua:
    ${texts.join(" +\n    ")},
}

/** Keys and arguments of ${name}.lua by name. */
export interface ${type} {
${fields.join("\n")}
}

/** Puts keys and arguments in the order of the script. */
export function ${constant}Call(call: ${type}): [keys: string[], args: (string | Uint8Array)[]] {
  return [[${keyList}], [${argList}]]
}
`
}
