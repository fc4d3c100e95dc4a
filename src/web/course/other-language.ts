import type { Course } from '../../core/course/course.ts'
import { directionOf } from '../../core/language/languages.ts'
import { type Html, html } from '../page/html.ts'

/** The attributes of a text that is not in the language of the page. */
export function otherLanguage(course: Pick<Course, 'language'>, language: string): Html | null {
  return language === course.language ? null : html` lang="${language}" dir="${directionOf(language)}"`
}
