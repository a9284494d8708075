/** Where the carrier delivers to. */
export const countries: readonly string[] =
  "DE FR IT ES PL NL BE AT CZ PT SE DK FI NO CH GB IE HU RO BG GR HR SI SK LT LV EE LU MT CY US CA MX BR JP KR AU NZ IN ZA".split(
    " ",
  )

/** Sizes of parcels. */
export const parcels: readonly string[] = ["s", "m", "l"]
