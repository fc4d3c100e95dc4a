/** Differences between learners: scripts, lengths and zones as in a real list. */
export const NAMES = [
  'Ana',
  'Bartholomew',
  '',
  'Chloé',
  'Дарья',
  'Emre',
  'Fatima',
  'Grace',
  '花子',
  'Ingrid',
  'José María',
  'Κατερίνα',
  'Liam',
  'Małgorzata',
  'Noor',
  "O'Neil",
  'Priya',
  'Quinn',
  'Sólveig',
  'יעל',
] as const

export const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Tokyo',
  'America/Los_Angeles',
  'Europe/London',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'Australia/Sydney',
  'Africa/Lagos',
  'UTC',
  'America/Chicago',
] as const

export const TRACKS = [null, 'steady', 'mend', 'bridge', 'reach'] as const

export const OVERLAYS = ['[]', '[]', '[]', '["lighter"]', '[]', '["gentle"]', '[]'] as const

/** Deterministic, so that the same number always gives the same learner. */
export function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T
}
