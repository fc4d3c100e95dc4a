import { isReason } from '../../core/desk/audit.ts'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import { includesRole } from '../../core/desk/roles.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { overdueQuestions } from '../../flow/desk/questions/overdue-questions.ts'
import { pauseSending, resumeSending } from '../../flow/desk/switch-sending.ts'
import { viewDays, viewToday } from '../../flow/desk/view-today.ts'
import { belowBase } from '../page/base-path.ts'
import { DESK_ACCESS } from './desk-access.ts'
import { sendDeskPage } from './desk-page.ts'
import { fieldOf, type OperatorVisit } from './desk-visit.ts'
import { figures, type MayOpen, todayPage } from './today-view.ts'

/** What is going on now, and the switch of all sending. */
export const today = {
  'get /desk': async (visit: OperatorVisit) => {
    const view = { ...(await figuresOf(visit)), days: await viewDays(visit.site.ports) }
    sendDeskPage(visit, 200, todayPage(visit.words, view, mayOpen(visit)))
  },

  /** The part of the page that public/desk.js asks for again. */
  'get /desk/figures': async (visit: OperatorVisit) => {
    const part = figures(visit.words, await figuresOf(visit), mayOpen(visit))
    visit.response.type('html').send(belowBase(part.text, visit.site.settings.publicUrl.path))
  },

  'post /desk/sending/pause': (visit: OperatorVisit) => switchSending(visit, pauseSending),

  'post /desk/sending/resume': (visit: OperatorVisit) => switchSending(visit, resumeSending),
}

function mayOpen({ signedIn }: OperatorVisit): MayOpen {
  return (route) => {
    const { role } = DESK_ACCESS[route]
    return role === null || includesRole(signedIn.operator.role, role)
  }
}

async function figuresOf({ site, signedIn }: OperatorVisit) {
  const questions = { overdue: await overdueQuestions(site.ports), answersFor: signedIn.answersFor }
  return { ...(await viewToday(site.ports)), ...questions, checks: (await site.health.ready()).checks }
}

async function switchSending(visit: OperatorVisit, act: typeof pauseSending): Promise<void> {
  const reason = fieldOf(visit, 'reason')
  if (!isReason(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
  await act(visit.site.ports, visit.signedIn.operator.id, reason)
  visit.response.redirect(303, deskPaths.today())
}
