/** Randomness as the library sees it, so that tests and the simulator can replay it. */
export interface Random {
  /** A float in [0, 1), for jitter and draws. */
  float(): number
  /** A fresh 128-bit token as 32 lower-case hex characters (R3). */
  token(): string
}
