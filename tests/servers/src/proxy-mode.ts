/** Which way bytes go: requests from the client, replies to it. */
export type ProxyDirection = "requests" | "replies" | "both"

/** Which connections of a proxy: those that have subscribed to a channel, or the others. */
export type ProxyKind = "subscribers" | "others"

/** Tells one command from others by its arguments, the name first. */
export type RequestMatch = (args: readonly Buffer[]) => boolean

/**
 * How the proxy treats its connections.
 *
 * No mode drops bytes and then goes on with the same connection: TCP cannot do that either, and the client would take one
 * request's reply for another's. What is kept back goes out when a later mode lets it, in order, or the connection ends.
 */
export type ProxyMode =
  /** Forwards both ways. */
  | { readonly is: "pass" }
  /** Forwards each piece late, in order: `delayMs`, and up to `jitterMs` (default 0) more, drawn from `seed` (default 1). Default: both ways. */
  | {
      readonly is: "delay"
      readonly delayMs: number
      readonly jitterMs?: number
      readonly seed?: number
      readonly direction?: ProxyDirection
    }
  /** Forwards every byte by itself, so that whoever reads gets it alone, as far as the kernel allows. Default: both ways. */
  | { readonly is: "slices"; readonly direction?: ProxyDirection }
  /** Reads but keeps the bytes of one direction, or both (default), until another mode releases them. */
  | { readonly is: "hold"; readonly direction?: ProxyDirection }
  /** Refuses new connections; open ones pass. */
  | { readonly is: "refuse" }
  /** Accepts, and neither reads nor answers, like a frozen server; another mode lets all go on. */
  | { readonly is: "silent" }
  /** Resets open connections now, and new ones as they come. */
  | { readonly is: "reset" }
  /** Each connection ends once this many bytes of replies came through, counted from now; with 0 when the first would. */
  | { readonly is: "cut"; readonly afterReplyBytes: number }
  /** A connection ends when a matching command came: the server executes it, and nothing that is answered from then on gets through. */
  | { readonly is: "unanswered"; readonly request: RequestMatch }
