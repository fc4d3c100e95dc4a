import { paths } from '../../core/paths.ts'
import { type Html, html, marked } from '../page/html.ts'
import type { LibraryContext } from './library-context.ts'

/** How people who take the course read on. Discreet pages do not lead to what the course is about. */
export function howToReadOn({ words, course, discreet }: LibraryContext): Html {
  const link = (text: string) => html`<a href="${paths.course(course.name)}">${text}</a>`
  return html`<p>${words.say('course.library.members.how', { library: words.say('page.footer.library') })}</p>
${!discreet && html`<p>${marked(words.say('course.library.members.join'), { link })}</p>`}`
}
