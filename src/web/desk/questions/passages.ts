import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import {
  listPassages,
  removePassage,
  savePassage,
  type WrittenPassage,
} from '../../../flow/desk/questions/saved-passages.ts'
import { messageOf } from '../../page/site.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, numberIn, type OperatorVisit, queryOf, textOf } from '../desk-visit.ts'
import { passagesPage } from './passages-view.ts'

/** Texts that authors put into their answers, for each course. */
export const passages = {
  'get /desk/passages': (visit: OperatorVisit) => show(visit, 200, null, null),

  'post /desk/passages': async (visit: OperatorVisit) => {
    const { site, signedIn, words, response } = visit
    const [id, course] = [numberIn(fieldOf(visit, 'passage')), fieldOf(visit, 'course')]
    const written = { id, course, title: fieldOf(visit, 'title'), text: textOf(visit, 'text') }
    try {
      await savePassage(site.ports, signedIn.operator.id, written)
      response.redirect(303, `${deskPaths.passages()}?done=saved`)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
      await show(visit, 400, messageOf(error, words), written)
    }
  },

  'post /desk/passages/remove': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const id = numberIn(fieldOf(visit, 'passage'))
    if (id === null) throw new AppError('not-found', phrase('desk.errors.no-passage'))
    await removePassage(site.ports, signedIn.operator.id, id)
    response.redirect(303, `${deskPaths.passages()}?done=removed`)
  },
}

/** `written`: what was refused, so that it can be corrected. */
async function show(
  visit: OperatorVisit,
  status: number,
  error: string | null,
  written: WrittenPassage | null,
): Promise<void> {
  const { site, signedIn, words } = visit
  const passages = await listPassages(site.ports, signedIn.operator.id)
  const view = { passages, courses: signedIn.answersFor, done: queryOf(visit, 'done'), error, written }
  sendDeskPage(visit, status, passagesPage(words, view))
}
