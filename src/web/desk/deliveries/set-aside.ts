import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { decideEveryReport, decideReport, listReportsSetAside } from '../../../flow/desk/deliveries/decide-report.ts'
import {
  dropUnbuiltMessages,
  retryUnbuiltMessages,
  viewUnbuiltMessages,
} from '../../../flow/desk/deliveries/retry-unbuilt-messages.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, numberIn, type OperatorVisit, queryOf } from '../desk-visit.ts'
import { DECISIONS, setAsidePage } from './set-aside-view.ts'

/** Reports that failed too often, and messages that could not be built. */
export const setAside = {
  'get /desk/set-aside': async (visit: OperatorVisit) => {
    const { ports } = visit.site
    const reports = await listReportsSetAside(ports)
    const messages = await viewUnbuiltMessages(ports)
    sendDeskPage(visit, 200, setAsidePage(visit.words, { reports, messages, done: queryOf(visit, 'done') }))
  },

  'post /desk/set-aside/report': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const id = numberIn(fieldOf(visit, 'report'))
    if (id === null) throw new AppError('bad-input', phrase('desk.errors.not-set-aside'))
    const decision = decisionOf(visit)
    await decideReport(site.ports, signedIn.operator.id, id, decision)
    response.redirect(303, `${deskPaths.setAside()}?done=${decision}`)
  },

  'post /desk/set-aside/reports': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const decision = decisionOf(visit)
    await decideEveryReport(site.ports, signedIn.operator.id, decision)
    response.redirect(303, `${deskPaths.setAside()}?done=${decision}`)
  },

  'post /desk/set-aside/messages': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const decision = decisionOf(visit)
    const act = decision === 'again' ? retryUnbuiltMessages : dropUnbuiltMessages
    await act(site.ports, signedIn.operator.id)
    response.redirect(303, `${deskPaths.setAside()}?done=${decision}`)
  },
}

function decisionOf(visit: OperatorVisit) {
  const decision = DECISIONS.find((one) => one === fieldOf(visit, 'as'))
  if (decision === undefined) throw new AppError('bad-input', phrase('desk.errors.no-choice'))
  return decision
}
