import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { maskAddress } from '../../../core/desk/mask-address.ts'
import type { ListedQuestion, QuestionFilter, QuestionList } from '../../../flow/desk/questions/list-questions.ts'
import type { Operator } from '../../../flow/ports/desk-ports.ts'
import type { InboxCursor } from '../../../flow/ports/question-ports.ts'
import { type Html, html, on } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import { deskTable } from '../desk-table.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'

const DAY_MS = 86_400_000

export const QUESTION_STATES = [
  'waiting',
  'answered',
  'closed',
  'spam',
] as const satisfies readonly QuestionFilter['state'][]

export interface QuestionsView extends QuestionList {
  readonly filter: QuestionFilter
  /** Those that this operator answers for. */
  readonly courses: readonly string[]
  readonly operators: readonly Operator[]
  readonly ownId: number
  /** ms UTC. */
  readonly now: number
}

export function questionsPage(words: DeskWords, view: QuestionsView): DeskPage {
  const { questions, next, looks, filter } = view
  return {
    title: words.say('desk.questions.title'),
    main: html`<h1>${words.say('desk.questions.title')}</h1>
<p>${words.say('desk.questions.body')}</p>
<p><a href="${deskPaths.passages()}">${words.say('desk.passages.title')}</a> · <a href="${deskPaths.published()}">${words.say('desk.published.title')}</a></p>
${looks.map(
  (
    id,
  ) => html`<p class="notice"><a href="${deskPaths.question(id)}">${words.say('desk.questions.asked-to-look', { id })}</a></p>
`,
)}
${filterForm(words, view)}
${questions.length === 0 ? html`<p>${words.say('desk.questions.none')}</p>` : table(words, view)}
${next !== null && html`<p><a class="button button-secondary" href="${deskPaths.questions()}?${nextQuery(filter, next)}">${words.say('desk.people.next')}</a></p>`}`,
  }
}

function table(words: DeskWords, { questions, operators, ownId, filter, now }: QuestionsView): Html {
  const column = (key: 'question' | 'course' | 'day' | 'since' | 'assigned') =>
    words.say(`desk.questions.column.${key}`)
  return deskTable(
    words.say('desk.questions.title'),
    [
      ...[column('question'), column('course'), column('day')],
      ...[filter.state === 'waiting' ? column('since') : words.say('desk.questions.touched'), column('assigned')],
    ],
    questions.map((question) => [
      html`<a href="${deskPaths.question(question.id)}">${words.say('desk.questions.number', { id: question.id })}</a>${badges(words, question)}`,
      question.course,
      question.day,
      html`${instant(words, question.waitingSince ?? question.touchedAt)}${question.waitingSince !== null && html`<br>${words.say('desk.questions.age', { days: Math.floor((now - question.waitingSince) / DAY_MS) })}`}`,
      assignedName(words, operators, ownId, question.assignedTo),
    ]),
  )
}

function badges(words: DeskWords, { state, urgent, isOverdue }: ListedQuestion): Html {
  return html`${urgent && state === 'waiting' && html` <span class="badge badge-attention">${words.say('desk.questions.urgent')}</span>`}${isOverdue && state === 'waiting' && html` <span class="badge badge-attention">${words.say('desk.questions.overdue')}</span>`}`
}

function assignedName(words: DeskWords, operators: readonly Operator[], ownId: number, id: number | null): string {
  if (id === null) return words.say('desk.questions.nobody')
  if (id === ownId) return words.say('desk.operators.you')
  return maskAddress(operators.find((operator) => operator.id === id)?.address ?? '')
}

function filterForm(words: DeskWords, { filter, courses }: QuestionsView): Html {
  return html`<form method="get" action="${deskPaths.questions()}" class="filters">
<div class="field"><label for="state">${words.say('desk.questions.state')}</label>
<select id="state" name="state">${QUESTION_STATES.map((state) => html`<option value="${state}"${on('selected', state === filter.state)}>${words.say(`desk.question-states.${state}`)}</option>`)}</select></div>
<div class="field"><label for="course">${words.say('desk.questions.column.course')}</label>
<select id="course" name="course"><option value="">${words.say('desk.audit.any')}</option>${courses.map((name) => html`<option${on('selected', name === filter.course)}>${name}</option>`)}</select></div>
<label class="tick"><input type="checkbox" name="mine" value="1"${on('checked', filter.mine === true)}><span>${words.say('desk.questions.mine')}</span></label>
<p><button class="button button-secondary" type="submit">${words.say('desk.filter')}</button></p>
</form>`
}

function nextQuery({ state, course, mine }: QuestionFilter, { urgent, at, id }: InboxCursor): string {
  const query = new URLSearchParams({
    state,
    ...(course && { course }),
    ...(mine && { mine: '1' }),
    after: `${Number(urgent)}-${at}-${id}`,
  })
  return String(query)
}
