import { formatNumber } from '../../../core/delivery/local-time.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { Words } from '../../../core/words.ts'
import type { OverdueQuestions } from '../../../flow/desk/questions/overdue-questions.ts'
import { type Html, html } from '../../page/html.ts'

/**
 * Questions that wait for longer than is usual: those that this operator answers lead to the inbox, and of all others there is the
 * number alone.
 */
export function overdueNotices(
  words: Words,
  overdue: readonly OverdueQuestions[],
  answersFor: readonly string[],
): Html {
  const late = overdue.filter(({ count }) => count > 0)
  const own = late.filter(({ course }) => answersFor.includes(course))
  const others = late.filter((one) => !own.includes(one)).reduce((sum, { count }) => sum + count, 0)
  return html`${own.map(
    ({
      course,
      count,
    }) => html`<p class="notice notice-look"><a href="${deskPaths.questions()}?course=${encodeURIComponent(course)}">${words.say('desk.today.overdue-own', { count, course })}</a></p>
`,
  )}
${others > 0 && html`<p class="notice">${words.say('desk.today.overdue', { count: others, shown: formatNumber(words, others) })}</p>`}`
}
