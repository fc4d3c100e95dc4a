/** Asking costs much, and there are some six hundred names; what is no name is not remembered. */
const known = new Set<string>()

/** Twice as long as the longest name. */
const LONGEST = 64

/** True for a name of the IANA time zone database; plain offsets such as +01:00 are refused, they know no summer time. */
export function isTimeZone(name: string): boolean {
  if (known.has(name)) return true
  if (name.length > LONGEST) return false
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // Names count in any mixture of capitals, of which there is no end.
    if (known.size < 2_000) known.add(name)
    return true
  } catch {
    return false
  }
}
