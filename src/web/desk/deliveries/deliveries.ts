import { isReason } from '../../../core/desk/audit.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { listDeliveries } from '../../../flow/desk/deliveries/list-deliveries.ts'
import { resendLesson } from '../../../flow/desk/deliveries/resend-lesson.ts'
import { countSettled, settleDelivery, settleEveryDelivery } from '../../../flow/desk/deliveries/settle-delivery.ts'
import { viewDelivery } from '../../../flow/desk/deliveries/view-delivery.ts'
import type { DeliveryFilter } from '../../../flow/ports/desk-ports.ts'
import { sendDeskPage } from '../desk-page.ts'
import { cursorOf, dateOf, fieldOf, numberIn, type OperatorVisit, queryOf } from '../desk-visit.ts'
import { deliveriesPage, LISTED_STATES, type Result, VERDICTS } from './deliveries-view.ts'
import { deliveryPage } from './delivery-view.ts'

/** Emails by state, course and day, one by one, and the ones that wait for somebody to settle them. */
export const deliveries = {
  'get /desk/deliveries': (visit: OperatorVisit) => showList(visit, filterOf(visit), resultOf(visit)),

  'get /desk/deliveries/:id': async (visit: OperatorVisit) => {
    const view = await viewDelivery(visit.site.ports, deliveryIdOf(visit))
    sendDeskPage(visit, 200, deliveryPage(visit.words, view, queryOf(visit, 'done')))
  },

  'post /desk/deliveries/:id/settle': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const id = deliveryIdOf(visit)
    const verdict = verdictOf(visit)
    await settleDelivery(site.ports, signedIn.operator.id, id, verdict)
    response.redirect(303, `${deskPaths.delivery(id)}?done=${verdict}`)
  },

  'post /desk/deliveries/:id/resend': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const id = deliveryIdOf(visit)
    const reason = fieldOf(visit, 'reason')
    if (!isReason(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
    await resendLesson(site.ports, signedIn.operator.id, id, reason)
    response.redirect(303, `${deskPaths.delivery(id)}?done=resend`)
  },

  'post /desk/deliveries/settle-all': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const { settled, left } = countSettled(
      await settleEveryDelivery(site.ports, signedIn.operator.id, verdictOf(visit)),
    )
    response.redirect(303, `${deskPaths.deliveries()}?state=unconfirmed&settled=${settled}&left=${left}`)
  },
}

async function showList(visit: OperatorVisit, filter: DeliveryFilter, result: Result | null): Promise<void> {
  const { ports } = visit.site
  const found = await listDeliveries(ports, filter, cursorOf(queryOf(visit, 'after')))
  const courses = ports.courses.all().map(({ name }) => name)
  sendDeskPage(
    visit,
    200,
    deliveriesPage(visit.words, { ...found, filter, courses, date: queryOf(visit, 'date'), result }),
  )
}

function filterOf(visit: OperatorVisit): DeliveryFilter {
  const state = LISTED_STATES.find((one) => one === queryOf(visit, 'state'))
  const course = queryOf(visit, 'course')
  const day = numberIn(queryOf(visit, 'day'))
  const within = dateOf(queryOf(visit, 'date'))
  return {
    ...(state !== undefined && { state }),
    ...(course !== '' && { course }),
    ...(day !== null && { day }),
    ...(within !== null && { within }),
  }
}

function resultOf(visit: OperatorVisit): Result | null {
  const settled = queryOf(visit, 'settled')
  if (settled === '') return null
  return { settled: numberIn(settled) ?? 0, left: numberIn(queryOf(visit, 'left')) ?? 0 }
}

function verdictOf(visit: OperatorVisit) {
  const verdict = VERDICTS.find((one) => one === fieldOf(visit, 'as'))
  if (verdict === undefined) throw new AppError('bad-input', phrase('desk.errors.no-choice'))
  return verdict
}

function deliveryIdOf({ request }: OperatorVisit): number {
  const id = numberIn(String(request.params.id))
  if (id === null) throw new AppError('not-found', phrase('desk.errors.no-delivery'))
  return id
}
