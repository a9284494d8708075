/** A reply. Strings are bytes as latin1 text; simple and bulk strings are not told apart. */
export type ModelReply = null | number | string | ModelError | readonly ModelReply[]

/** An error reply, such as "WRONGTYPE Operation against ..." or "MOVED 1234 host:port". */
export class ModelError {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What the server says of a script that fails ends with the place in the script; the model leaves that out. */
export function withoutPlace(text: string): string {
  return text.replace(/ script: [0-9a-f]{40}, on @\w+:\d+\.$/, "")
}
