import type { Course } from '../../core/course/course.ts'
import type { Words } from '../../core/words.ts'

/** The destination of "Leave quickly": a common site that does not reveal what was left. `page.leave.site` names it. */
export const exitSite = { url: 'https://www.bbc.com/weather' } as const

/** Whether the pages of this course have the quick exit: its author decides (`care` in course.yaml). */
export function hasQuickExit(course: Pick<Course, 'care'> | null): boolean {
  return course?.care.includes('quick-exit') ?? false
}

/** Describes the button on every page that has it, and is visible where people first arrive. */
export function exitNote(words: Words): string {
  return words.say('page.leave.note', { site: words.say('page.leave.site') })
}
