/** A server could not be started: what was tried, what it said, what to do. */
export class ServerStartError extends Error {
  override readonly name: string = "ServerStartError"
  /** The end of what the server wrote, "" when it wrote nothing. */
  readonly log: string

  constructor(message: string, details: { readonly log?: string; readonly cause?: unknown } = {}) {
    const log = (details.log ?? "").trim().slice(-2000)
    super(log === "" ? message : `${message}\n${log}`, { cause: details.cause })
    this.log = log
  }

  /** True when the port was taken by somebody else. */
  get portTaken(): boolean {
    return /address already in use/i.test(this.log)
  }
}
