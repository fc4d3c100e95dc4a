/** Local hours at which a reminder can come, 0 to 23. */
export const REMINDER_HOURS = [17, 18, 19, 20, 21, 22] as const

/** The hour that a form says: null for no reminder, and undefined if it is not one of the hours. */
export function reminderHourIn(text: string): number | null | undefined {
  if (text === '') return null
  return REMINDER_HOURS.find((hour) => String(hour) === text)
}
