/** Scripts that are Lua, but not for the model: it must say so before it runs anything. */
export const notForTheModel: readonly string[] = [
  "#!lua flags=allow-oom\nreturn 1",
  "return x",
  "x = 1",
  "function f() end",
  "setmetatable({}, {})",
  "return cjson.encode({})",
  "return math.random()",
  "return string.dump",
  "return redis.setresp(3)",
  "local t = {} function t.f() end",
  "return ...",
  "return loadstring('return 1')()",
  "return table.sort({})",
  "return {1, [2] = 3}",
  "return os.clock()",
]

/** Scripts of which the model finds out only when it runs them. */
export const notForTheModelAtRunTime: readonly string[] = [
  "local t = {} t[3] = 1 return #t",
  "return string.format('%g', 1)",
  "return string.format('%q', 'a')",
  "return string.match('a', '()')",
  "return string.match('(a)', '%b()')",
  "return string.gsub('abc', '(', 'x')",
  "return string.gsub('abc', ')', 'x')",
  "return string.gsub('abc', '[a', 'x')",
  "return string.find('abc', '%')",
  "return tostring({})",
  "return tostring(0 / 0)",
  "return struct.pack('d', 1)",
  "return 2 ^ 63",
]
