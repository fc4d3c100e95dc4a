/** Counts end here: more than this is "many", and counting on would cost time that sending needs. */
export const MOST_COUNTED = 10_000
