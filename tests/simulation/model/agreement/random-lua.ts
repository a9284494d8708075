import type { Draws } from "./draws.ts"
import { anyKey } from "./random-commands.ts"

/** Small scripts about what a reply becomes in Lua, and what becomes a reply. */
const bodies = [
  "return redis.call('GET', KEYS[1])",
  "return type(redis.call('GET', KEYS[1]))",
  "return type(redis.pcall('GET', KEYS[1]))",
  "return redis.pcall('INCR', KEYS[1])",
  "redis.call('SET', KEYS[1], 'before') redis.call('NOSUCH') return 1",
  "redis.call('SET', KEYS[1], ARGV[1]) error('on purpose')",
  "redis.call('SET', KEYS[1], 1.5) return redis.call('GET', KEYS[1])",
  "redis.call('SET', KEYS[1], 0.1) return redis.call('GET', KEYS[1])",
  "redis.call('SET', KEYS[1], 1e17) return redis.call('GET', KEYS[1])",
  "return redis.call('SET', KEYS[1], 'v')",
  "return redis.call('SET', KEYS[1], 'v', 'NX')",
  "return redis.call('SET', KEYS[1], 'v', 'PX', 1000).ok",
  "return redis.call('MGET', KEYS[1], KEYS[1])",
  "return #redis.call('MGET', KEYS[1], 'nothing')",
  "return redis.call('PTTL', KEYS[1])",
  "return {1, 2.9, -2.9, true, 'a', {'b', {}}}",
  "return {1, false, 3}",
  "return {1, nil, 3}",
  "return {ok = 'fine'}",
  "return {err = 'MYERR of mine'}",
  "return redis.error_reply('ERR of mine')",
  "return redis.error_reply('word')",
  "return redis.status_reply('fine')",
  "return nil",
  "return false",
  "return true",
  "return 3.99",
  "return -0.5",
  "return tostring(ARGV[1])",
  "return redis.call('SET', KEYS[1])",
  "return redis.call('SUBSCRIBE', 'a')",
  "return redis.call()",
  "return redis.call('SET', KEYS[1], {})",
  "return redis.pcall('SET', KEYS[1], true)",
  "local t = redis.pcall('LPUSH', KEYS[1], 'a') if type(t) == 'table' then return t.err end return t",
  "local ok, e = pcall(redis.call, 'INCR', KEYS[1]) if ok then return e end return e.err",
  "local ok, e = pcall(error, {err = 'MINE x'}) return e",
  "error({err = 'MINE raised'})",
  "return redis.call('DEL', KEYS[1]) + redis.call('EXISTS', KEYS[1])",
  "redis.call('DEL', 'nothing') return redis.call('SET', KEYS[1], 'after a write')",
  "return redis.pcall('SET', KEYS[1], 'first write')",
  "redis.pcall('SET', KEYS[1], 'a') return redis.pcall('SET', KEYS[1], 'b')",
  "redis.call('PEXPIRE', KEYS[1], 1) return redis.call('EXISTS', KEYS[1])",
  "redis.call('PUBLISH', '{e}:wake', KEYS[1]) return redis.call('PUBLISH', '{e}:wake', ARGV[1])",
  "return redis.sha1hex(ARGV[1])",
  "return {KEYS[1], KEYS[2], ARGV[1], ARGV[2]}",
  "return #KEYS + #ARGV",
  "local x = ARGV[9].y return x",
  "return ARGV[1] + 1",
  "return ARGV[1] < 5",
  "return {redis.call('TYPE', KEYS[1]), redis.call('TYPE', KEYS[1]).ok}",
  "return redis.call('APPEND', KEYS[1], ARGV[1])",
  "this is no Lua",
]

export function randomLua(draws: Draws): readonly string[] {
  const keys = [anyKey(draws)]
  return ["EVAL", draws.of(...bodies), "1", ...keys, draws.of("", "12", "a b", "\0\xff")]
}

/** Calls that fail before any script runs, and calls about which scripts the server knows. */
export function wrongEval(draws: Draws, isCold: boolean): readonly string[] {
  const wrong = [
    ["EVAL", "return 2", "x"],
    ["EVAL", "return 2", "-1"],
    ["EVAL", "return 2", "2", "a"],
    ["EVAL", "return 2"],
    ["EVALSHA", "0".repeat(40), "0"],
    ["EVALSHA", "short", "0"],
    ["SCRIPT", "EXISTS", "0".repeat(40), "x"],
    ["SCRIPT", "LOAD", "no Lua"],
    ["SCRIPT", "NOSUCH"],
    ["SCRIPT", "EXISTS"],
  ]
  const sha1 = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
  const known = [
    ["SCRIPT", "LOAD", "return 1"],
    ["SCRIPT", "LOAD", "return 1"],
    ["SCRIPT", "EXISTS", sha1, sha1.toUpperCase()],
    ["EVALSHA", sha1.toUpperCase(), "0"],
  ]
  return draws.of(...wrong, ...(isCold ? known : []))
}
