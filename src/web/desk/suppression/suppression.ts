import { isReason } from '../../../core/desk/audit.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import {
  countSuppressed,
  editSuppression,
  exportSuppressions,
  findSuppression,
  importSuppressions,
  readSuppressionList,
} from '../../../flow/desk/edit-suppressions.ts'
import { checkEmail } from '../../sign-up/check-email.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, type OperatorVisit, queryOf } from '../desk-visit.ts'
import { SUPPRESSION_ACTS, type SuppressionView, suppressionPage } from './suppression-view.ts'

/** Addresses that get no email. An address is posted, because it does not belong in a URL. */
export const suppression = {
  'get /desk/suppression': (visit: OperatorVisit) => show(visit, 200, { done: queryOf(visit, 'done') }),

  'post /desk/suppression/find': async (visit: OperatorVisit) => {
    const typed = fieldOf(visit, 'address')
    const checked = checkEmail(typed)
    if ('say' in checked) return show(visit, 400, { typed, error: visit.words.of(checked.say) })
    const found = await findSuppression(visit.site.ports, checked.address)
    await show(visit, 200, { typed, found: { ...checked, suppression: found } })
  },

  'post /desk/suppression/edit': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const checked = checkEmail(fieldOf(visit, 'address'))
    if ('say' in checked) throw new AppError('bad-input', checked.say)
    const act = SUPPRESSION_ACTS.find((one) => one === fieldOf(visit, 'act'))
    if (act === undefined) throw new AppError('bad-input', phrase('desk.errors.no-choice'))
    const reason = fieldOf(visit, 'reason')
    if (!isReason(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
    await editSuppression(site.ports, signedIn.operator.id, { act, reason, ...checked })
    response.redirect(303, `${deskPaths.suppression()}?done=${act}`)
  },

  'post /desk/suppression/import': async (visit: OperatorVisit) => {
    const { site, signedIn } = visit
    const imported = await importSuppressions(
      site.ports,
      signedIn.operator.id,
      readSuppressionList(site.ports, fieldOf(visit, 'list')),
    )
    await show(visit, 200, { imported })
  },

  'post /desk/suppression/export': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const text = await exportSuppressions(site.ports, signedIn.operator.id)
    response.attachment('suppression.csv').type('text/csv').send(`${text}\n`)
  },
}

async function show(visit: OperatorVisit, status: number, view: Omit<SuppressionView, 'count'>): Promise<void> {
  const count = await countSuppressed(visit.site.ports)
  sendDeskPage(visit, status, suppressionPage(visit.words, { count, ...view }))
}
