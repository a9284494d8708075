/** @param {string} name */
const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())

/** @param {string} name */
const pascalCase = (name) => camelCase(`-${name}`)

/** @param {string} name */
const isDuration = (name) => name.endsWith("Ms")

/**
 * The TypeScript twin of a script: its text and hash, and a function that puts named arguments in their order.
 * It imports nothing.
 *
 * @param {import("./lua-script.mjs").LuaScript} script
 * @returns {string}
 */
export function twinOf({ name, about, keys, args, lua, sha1 }) {
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
  return `// Generated from scripts/${name}.lua by tools/generate-scripts.mjs. Do not edit.

/** ${about} */
export const ${constant}: {
  readonly name: string
  readonly sha1: string
  readonly numberOfKeys: number
  readonly lua: string
} = {
  name: "${name}",
  sha1: "${sha1}",
  numberOfKeys: ${keys.length},
  lua: String.raw\`${lua}\`,
}

/** Keys and arguments of ${name}.lua by name. */
export interface ${type} {
${fields.join("\n")}
}

/** Puts keys and arguments in the order of the script. */
export function ${constant}Call(call: ${type}): [keys: string[], args: (string | Uint8Array)[]] {
  return [[${keyList}], [${argList}]]
}
${args.some((arg) => isDuration(arg.name)) ? wholeMs : ""}`
}

const wholeMs = `
function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
`
