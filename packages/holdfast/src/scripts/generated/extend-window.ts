// Generated from scripts/extend-window.lua by tools/generate-scripts.mjs. Do not edit.
import { nowLua } from "./includes/now.ts"
import { controlRecordLua } from "./includes/control-record.ts"
import { wholeMs } from "../whole-ms.ts"

/** prolongs a window that is still recorded. Never creates one. */
export const extendWindow: {
  readonly name: string
  readonly sha1: string
  readonly lua: string
} = {
  name: "extend-window",
  sha1: "48b48c3882bb117f2ff32fa9f15f3ab0452b6c4b",
  lua:
    nowLua +
    controlRecordLua +
    String.raw`local now = server_now()
local record = read_record(KEYS[1], now)
for _, window in ipairs(record.windows) do
if window.id == ARGV[1] then
window.deadline = math.max(window.deadline, now + tonumber(ARGV[2]))
write_record(KEYS[1], record, now)
return "held"
end
end
return "gone"`,
}

/** Keys and arguments of extend-window.lua by name. */
export interface ExtendWindowCall {
  /** KEYS: the control record */
  readonly control: string
  /** of the window */
  readonly id: string | Uint8Array
  /** how long it lives from now */
  readonly windowMs: number
}

/** Puts keys and arguments in the order of the script. */
export function extendWindowCall(call: ExtendWindowCall): [keys: string[], args: (string | Uint8Array)[]] {
  return [[call.control], [call.id, wholeMs(call.windowMs)]]
}
