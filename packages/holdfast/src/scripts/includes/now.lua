-- now: server time in whole milliseconds since the epoch. Deadlines are kept by the server, never by a caller's clock.

local function server_now()
  local time = redis.call("TIME")
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
