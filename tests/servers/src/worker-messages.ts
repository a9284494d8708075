/** The functions a worker serves: arguments and results are cloned on the way. */
export type WorkerHandlers = Readonly<Record<string, (...args: never[]) => unknown>>

/** What the parent sends. */
export type ToWorker =
  | { readonly is: "call"; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly is: "stop" }

/** What the worker sends. */
export type FromWorker =
  | { readonly is: "ready" }
  | { readonly is: "result"; readonly id: number; readonly value: unknown }
  | { readonly is: "failure"; readonly id: number; readonly error: WorkerFailure }

/** An error on its way: a clone would lose its name and its code. */
export interface WorkerFailure {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: string | undefined
}

/** An error as it travels. */
export function packError(error: unknown): WorkerFailure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined, code: undefined }
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined
  return { name: error.name, message: error.message, stack: error.stack, code }
}

/** The error that arrived, with its name, code and the worker's stack. */
export function unpackError(failure: WorkerFailure): Error {
  const error = new Error(failure.message)
  error.name = failure.name
  if (failure.stack !== undefined) error.stack = failure.stack
  return failure.code === undefined ? error : Object.assign(error, { code: failure.code })
}
