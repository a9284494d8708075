/** How the proxy treats its connections. */
export type ProxyMode =
  /** Forwards both ways. */
  | { readonly is: "pass" }
  /** Reads but keeps the bytes of one direction, or both (default), until another mode releases them. */
  | { readonly is: "hold"; readonly direction?: "requests" | "replies" | "both" }
  /** Refuses new connections; open ones pass. */
  | { readonly is: "refuse" }
  /** Accepts, and neither reads nor answers, like a frozen server; another mode lets all go on. */
  | { readonly is: "silent" }
  /** Resets open connections now, and new ones as they come. */
  | { readonly is: "reset" }
  /** Each connection ends once this many bytes of replies came through, counted from now; with 0 when the first would. */
  | { readonly is: "cut"; readonly afterReplyBytes: number }
