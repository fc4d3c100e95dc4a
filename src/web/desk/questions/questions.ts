import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { listQuestions, type QuestionFilter } from '../../../flow/desk/questions/list-questions.ts'
import { openQuestion } from '../../../flow/desk/questions/open-question.ts'
import type { InboxCursor } from '../../../flow/ports/question-ports.ts'
import { sendDeskPage } from '../desk-page.ts'
import { numberIn, type OperatorVisit, queryOf } from '../desk-visit.ts'
import { lookPage } from './look-view.ts'
import { questionPage } from './question-view.ts'
import { QUESTION_STATES, questionsPage } from './questions-view.ts'

/** The inbox of those who answer for a course, and one question at a time. */
export const questions = {
  'get /desk/questions': async (visit: OperatorVisit) => {
    const { site, signedIn, words } = visit
    const filter = filterOf(visit)
    const found = await listQuestions(site.ports, signedIn.operator.id, filter, cursorOf(queryOf(visit, 'after')))
    const view = {
      ...found,
      ...{ filter, courses: signedIn.answersFor, ownId: signedIn.operator.id },
      operators: await site.ports.store.operators.all(),
      now: site.ports.clock.now(),
    }
    sendDeskPage(visit, 200, questionsPage(words, view))
  },

  'get /desk/questions/:id': (visit: OperatorVisit) => showQuestion(visit, 200, null),

  /** The last look at an answer before it goes out. */
  'get /desk/questions/:id/look': (visit: OperatorVisit) => showLook(visit, 200, null),
}

/** `refused`: what was typed and why it was not taken. */
export async function showQuestion(
  visit: OperatorVisit,
  status: number,
  refused: { readonly error: string; readonly text: string | null } | null,
): Promise<void> {
  const { site, signedIn, words } = visit
  const opened = await openQuestion(site.ports, signedIn.operator.id, questionIdOf(visit))
  const { course, language } = opened.question
  const view = {
    ...opened,
    ownId: signedIn.operator.id,
    course: site.ports.courses.get(course, language),
    siteUrl: site.ports.settings.publicUrl,
    now: site.ports.clock.now(),
    done: queryOf(visit, 'done'),
    refused,
  }
  sendDeskPage(visit, status, questionPage(words, view))
}

/** `text`: what is about to be sent; null: the draft. `after`: the last message that its author had seen. */
export async function showLook(
  visit: OperatorVisit,
  status: number,
  meanwhile: { readonly text: string; readonly after: number } | null,
): Promise<void> {
  const { site, signedIn, words } = visit
  const opened = await openQuestion(site.ports, signedIn.operator.id, questionIdOf(visit))
  const view = { ...opened, ownId: signedIn.operator.id, meanwhile, text: meanwhile?.text ?? opened.draft }
  sendDeskPage(visit, status, lookPage(words, view))
}

/** The question that the path names. Fails with `not-found`. */
export function questionIdOf({ request }: OperatorVisit): number {
  const id = numberIn(String(request.params.id))
  if (id === null) throw new AppError('not-found', phrase('desk.errors.no-question'))
  return id
}

function filterOf(visit: OperatorVisit): QuestionFilter {
  const course = queryOf(visit, 'course')
  return {
    state: QUESTION_STATES.find((one) => one === queryOf(visit, 'state')) ?? 'waiting',
    ...(course !== '' && { course }),
    ...(queryOf(visit, 'mine') !== '' && { mine: true as const }),
  }
}

/** `<urgent>-<at>-<id>`, where a page of the inbox ended; null for anything else. */
function cursorOf(text: string): InboxCursor | null {
  const [urgent, ...rest] = text.split('-')
  const [at, id] = rest.map(numberIn)
  return at && id ? { urgent: urgent === '1', at, id } : null
}
