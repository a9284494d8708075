// Generated from scripts/open-window.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { wholeMs } from "../whole-ms.ts"

/** records that a writer is about to change the source. It drops nothing and bars nobody but other writers. */
export const openWindow: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "open-window",
  sha1: "b5fde0f332647bb07964af7b774e94de6b8d347f",
  lua:
    nowLua +
    controlRecordLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[1], now)
local kept = {}
local overlapped = #record.windows > 0
for _, window in ipairs(record.windows) do
window.overlapped = true
if window.id ~= ARGV[1] then table.insert(kept, window) end
end
table.insert(kept, { id = ARGV[1], deadline = now + tonumber(ARGV[2]), overlapped = overlapped })
record.windows = kept
write_record(KEYS[1], record, now)
return "opened"`,
}

/** Keys and arguments of open-window.lua by name. */
export interface OpenWindowCall {
  /** KEYS: the control record */
  readonly control: string
  /** names the window */
  readonly id: string | Uint8Array
  /** how long it lives */
  readonly windowMs: number
}

/** Puts keys and arguments in the order of the script. */
export function openWindowCall(call: OpenWindowCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.id, wholeMs(call.windowMs)]]
}
