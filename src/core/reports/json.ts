/** Parses JSON; undefined if invalid. Only for text that is not verified yet: numbers beyond 2^53 lose digits. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Parses JSON with exact numbers: one that a double cannot hold (beyond 2^53) becomes a string of its original digits.
 * Undefined if the JSON is invalid or nested deeper than the stack allows.
 */
export function parseExactJson(text: string): unknown {
  const exactly = (_name: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined
      ? exactNumber(value, context.source)
      : value
  try {
    return JSON.parse(text, exactly)
  } catch {
    return undefined
  }
}

/** Longer than any number that a provider writes. */
const MAX_DIGITS = 200

/** Fractions stay numbers; any other number passed here is an integer too large for a double, or not finite. */
function exactNumber(value: number, source: string): number | string {
  return Number.isFinite(value) && !Number.isInteger(value) ? value : source.slice(0, MAX_DIGITS)
}
