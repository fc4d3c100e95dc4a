import { type Html, html, on } from '../page/html.ts'

/** The 24 hours as options, each with the part of the day. `chosen` is 0 to 23 as text. */
export function hourOptions(chosen: string): readonly Html[] {
  return Array.from(
    { length: 24 },
    (_, hour) => html`<option value="${hour}"${on('selected', String(hour) === chosen)}>${formatHour(hour)}</option>\n`,
  )
}

/** "07:00, morning": short enough for half the width of a phone. */
function formatHour(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00, ${partOfDay(hour)}`
}

function partOfDay(hour: number): string {
  if (hour === 0) return 'midnight'
  if (hour === 12) return 'noon'
  if (hour < 5 || hour > 21) return 'night'
  if (hour < 12) return 'morning'
  if (hour < 18) return 'afternoon'
  return 'evening'
}
