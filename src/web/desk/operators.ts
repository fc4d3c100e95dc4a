import { deskPaths } from '../../core/desk/desk-paths.ts'
import { isRole } from '../../core/desk/roles.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { inviteOperator, removeOperator } from '../../flow/desk/manage-operators.ts'
import { grantAnswers, revokeAnswers } from '../../flow/desk/questions/grant-answers.ts'
import { messageOf } from '../page/site.ts'
import { checkEmail } from '../sign-up/check-email.ts'
import { sendDeskPage } from './desk-page.ts'
import { fieldOf, numberIn, type OperatorVisit, queryOf } from './desk-visit.ts'
import { operatorsPage } from './operators-view.ts'
import { askForHeirs } from './questions/hand-over.ts'

/** Who may open the desk. */
export const operators = {
  'get /desk/operators': (visit: OperatorVisit) => show(visit, 200, null),

  'post /desk/operators/invite': async (visit: OperatorVisit) => {
    const { site, signedIn, words, response } = visit
    const checked = checkEmail(fieldOf(visit, 'email'))
    const role = fieldOf(visit, 'role')
    if ('say' in checked) return show(visit, 400, words.of(checked.say))
    if (!isRole(role)) return show(visit, 400, words.say('desk.errors.no-role'))
    try {
      const { isNew, isEmailed } = await inviteOperator(site.ports, signedIn.operator.id, { ...checked, role })
      const done = isNew ? (isEmailed ? 'invited' : 'not-emailed') : 'changed'
      response.redirect(303, `${deskPaths.operators()}?done=${done}`)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
      await show(visit, 400, messageOf(error, words))
    }
  },

  'post /desk/operators/remove': async (visit: OperatorVisit) => {
    const { site, signedIn, words, response } = visit
    const id = numberIn(fieldOf(visit, 'operator'))
    if (id === null) throw new AppError('not-found', phrase('desk.errors.no-operator'))
    const form = { path: deskPaths.removeOperator(), fields: { operator: String(id) } }
    const heirs = await askForHeirs(visit, id, undefined, form)
    if (heirs === null) return
    try {
      await removeOperator(site.ports, signedIn.operator.id, id, heirs)
      response.redirect(303, `${deskPaths.operators()}?done=removed`)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
      await show(visit, 400, messageOf(error, words))
    }
  },

  'post /desk/operators/answers': async (visit: OperatorVisit) => {
    const { site, signedIn, words, response } = visit
    const id = numberIn(fieldOf(visit, 'operator'))
    if (id === null) throw new AppError('not-found', phrase('desk.errors.no-operator'))
    const [course, as] = [fieldOf(visit, 'course'), fieldOf(visit, 'as')]
    if (as !== 'grant' && as !== 'revoke') throw new AppError('bad-input', phrase('desk.errors.no-choice'))
    const isGrant = as === 'grant'
    const form = { path: deskPaths.answersFor(), fields: { operator: String(id), course, as: 'revoke' } }
    const heirs = isGrant ? new Map() : await askForHeirs(visit, id, course, form)
    if (heirs === null) return
    try {
      const by = signedIn.operator.id
      if (isGrant) await grantAnswers(site.ports, by, id, course)
      else await revokeAnswers(site.ports, by, { operatorId: id, course, heirs })
      response.redirect(303, `${deskPaths.operators()}?done=${isGrant ? 'granted' : 'revoked'}`)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
      await show(visit, 400, messageOf(error, words))
    }
  },
}

async function show(visit: OperatorVisit, status: number, error: string | null): Promise<void> {
  const { store, courses } = visit.site.ports
  const view = {
    all: await store.operators.all(),
    answersFor: await store.answersFor.all(),
    ownId: visit.signedIn.operator.id,
    courses: courses.all().map(({ name }) => name),
  }
  sendDeskPage(visit, status, operatorsPage(visit.words, { ...view, error, done: queryOf(visit, 'done') }))
}
