/** How often lessons come. Weekly check-ins come once a week at every pace. */
export const PACES = ['daily', 'weekdays', 'second-day', 'weekly'] as const

export type Pace = (typeof PACES)[number]

/** The pace of learners who have not chosen one. */
export const DEFAULT_PACE: Pace = 'daily'

/** The pace of this name, or null if there is none. */
export function paceNamed(name: string): Pace | null {
  return PACES.find((pace) => pace === name) ?? null
}
