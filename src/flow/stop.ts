import { findByStopLink, findEnrolment, type Stoppable } from './find-by-link.ts'
import type { Ports } from './ports.ts'
import type { StopView } from './views.ts'

/** What the stop page shows. Changes nothing. Fails with `bad-link` or `gone`. */
export async function viewStop(ports: Ports, token: string): Promise<StopView> {
  return viewStoppable(ports, await findByStopLink(ports, token))
}

/**
 * Stops everything still planned, in one transaction: once it commits, no message begins to be sent. Also the one-click
 * POST of RFC 8058. Repeated, it changes nothing. Fails with `bad-link` or `gone`.
 */
export async function stop(ports: Ports, token: string): Promise<StopView> {
  const found = await findByStopLink(ports, token)
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if (found.kind === 'sign-up') await unit.signUps.decline(found.signUp.id, now)
    else if (await unit.enrolments.move(found.enrolment.id, 'active', 'stopped', now))
      await unit.deliveries.cancelEnrolment(found.enrolment.id, now)
  })
  return viewStop(ports, token)
}

export async function viewStoppable(ports: Ports, found: Stoppable): Promise<StopView> {
  if (found.kind === 'sign-up')
    return {
      course: found.course,
      discreet: found.signUp.preferences.discreet,
      state: found.signUp.declinedAt === null ? 'pending' : 'stopped',
      nextAt: null,
      timeZone: found.signUp.preferences.timeZone,
    }
  const { enrolment, course } = await findEnrolment(ports, found.enrolment.id)
  const deliveries = await ports.store.deliveries.ofEnrolment(enrolment.id)
  const next = deliveries.find((row) => row.state === 'planned' || row.state === 'deferred')
  return {
    course,
    discreet: enrolment.discreet,
    state: enrolment.state,
    nextAt: next?.dueAt ?? null,
    timeZone: enrolment.timeZone,
  }
}
