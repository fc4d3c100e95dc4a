import type { Course } from '../../core/course/course.ts'
import { discreetCode } from '../../core/course/public-pages.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html } from '../page/html.ts'
import { scriptWords } from '../page/script-words.ts'

/** Names an article in the storage of a browser, without its title. */
export function articleCode({ name: course }: Pick<Course, 'name'>, name: string): string {
  return discreetCode(course, { kind: 'article', name })
}

/** Offers to mark what was read, in this browser alone; library.js shows it, and nothing is kept before it is chosen. */
export function readMarks(words: Words): Html {
  return html`<div class="read-marks" data-read-marks hidden${scriptWords({
    remember: words.say('course.library.read.remember'),
    hint: words.say('course.library.read.hint'),
    on: words.say('course.library.read.on'),
    forget: words.say('course.library.read.forget'),
    mark: words.say('course.library.read.mark'),
  })}><p class="quiet" role="status"></p><p><button class="button button-secondary" type="button"></button></p></div>`
}
