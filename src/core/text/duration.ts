const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Parses `500ms`, `20s`, `5m`, `2h` or `14d` to milliseconds; null for anything else, including zero. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text.trim())
  if (match === null) return null
  const length = Number(match[1]) * (UNIT_MS[match[2] as string] as number)
  return length > 0 && Number.isSafeInteger(length) ? length : null
}
