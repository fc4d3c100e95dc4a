import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { AppError } from '../../../core/errors.ts'
import type { IdentifyingDetail } from '../../../core/publication/identifying-details.ts'
import { type PublicationText, readPublication } from '../../../core/publication/publication-text.ts'
import { openQuestion } from '../../../flow/desk/questions/open-question.ts'
import { viewAuthorsPublication } from '../../../flow/publication/authors-publication.ts'
import { proposePublication } from '../../../flow/publication/propose-publication.ts'
import { removePublication } from '../../../flow/publication/remove-publication.ts'
import { messageOf, written } from '../../page/site.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, numberIn, type OperatorVisit } from '../desk-visit.ts'
import { PUBLISH_FIELDS, publishPage } from './publish-view.ts'
import { questionIdOf } from './questions.ts'

/** What the page shows besides what is stored. */
interface Attempt {
  readonly status: number
  /** '' for none. */
  readonly error: string
  readonly faults: Readonly<Record<string, string>>
  readonly details: readonly IdentifyingDetail[]
  /** As typed; null: what is stored, or what the thread begins with. */
  readonly typed: Readonly<Record<string, string>> | null
  readonly preview: PublicationText | null
}

const NOTHING: Attempt = { status: 200, error: '', faults: {}, details: [], typed: null, preview: null }

/** An author's wish to publish a question. Every look at it opens the thread, and so is in the audit log. */
export const publish = {
  'get /desk/questions/:id/publication': (visit: OperatorVisit) => show(visit, NOTHING),

  'post /desk/questions/:id/publication': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const [operatorId, questionId] = [signedIn.operator.id, questionIdOf(visit)]
    const typed = Object.fromEntries(PUBLISH_FIELDS.map((name) => [name, fieldOf(visit, name)]))
    if (fieldOf(visit, 'do') === 'look') return look(visit, typed)
    try {
      if (fieldOf(visit, 'do') === 'remove') await removePublication(site.ports, { questionId, operatorId })
      else {
        const [before, isSure] = [numberIn(fieldOf(visit, 'version')) ?? 0, fieldOf(visit, 'sure') !== '']
        const proposed = await proposePublication(site.ports, { questionId, operatorId, before, typed, isSure })
        if (proposed.state === 'look-again') {
          const { text, details } = proposed
          return show(visit, { ...NOTHING, status: 400, details, typed, preview: text })
        }
      }
      response.redirect(303, deskPaths.publishQuestion(questionId))
    } catch (error) {
      if (!(error instanceof AppError) || !['bad-input', 'not-yet'].includes(error.code)) throw error
      const faults = written(visit.words, error.fields)
      const status = error.code === 'bad-input' ? 400 : 409
      await show(visit, { ...NOTHING, status, error: messageOf(error, visit.words), faults, typed })
    }
  },
}

/** How the text would read, which proposes nothing. */
function look(visit: OperatorVisit, typed: Readonly<Record<string, string>>): Promise<void> {
  return show(visit, (choices) => {
    const read = readPublication(typed, choices)
    if ('text' in read) return { ...NOTHING, typed, preview: read.text }
    const error = visit.words.say('publication.look-again')
    return { ...NOTHING, status: 400, error, faults: written(visit.words, read.fields), typed }
  })
}

async function show(
  visit: OperatorVisit,
  attempt: Attempt | ((choices: Parameters<typeof readPublication>[1]) => Attempt),
): Promise<void> {
  const { site, signedIn, words } = visit
  const opened = await openQuestion(site.ports, signedIn.operator.id, questionIdOf(visit))
  const view = await viewAuthorsPublication(site.ports, opened.question)
  const { status, ...shown } = typeof attempt === 'function' ? attempt(view.choices) : attempt
  const reader = { ownId: signedIn.operator.id, siteUrl: site.ports.settings.publicUrl }
  const courseWords = site.ports.locales.wordsFor(view.course)
  sendDeskPage(visit, status, publishPage(words, { ...opened, ...view, ...shown, ...reader, courseWords }))
}
