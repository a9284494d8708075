/** What the carrier allows. */
export const carrierLimit = { perSecond: 25, burst: 50 }
