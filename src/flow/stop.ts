import { findByStopLink, findEnrolment } from './find-by-link.ts'
import type { Ports } from './ports.ts'
import type { StopView } from './views.ts'

/** What the stop page shows. Changes nothing. Fails with `bad-link` or `gone`. */
export async function viewStop(ports: Ports, token: string): Promise<StopView> {
  const { enrolment } = await findByStopLink(ports, token)
  return viewStopped(ports, enrolment.id)
}

/**
 * Stops everything still planned, in one transaction: once it commits, no message begins to be sent. Also the one-click
 * POST of RFC 8058. Repeated, it changes nothing. Fails with `bad-link` or `gone`.
 */
export async function stop(ports: Ports, token: string): Promise<StopView> {
  const { enrolment } = await findByStopLink(ports, token)
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if (await unit.enrolments.move(enrolment.id, 'active', 'stopped', now))
      await unit.deliveries.cancelEnrolment(enrolment.id, now)
  })
  return viewStopped(ports, enrolment.id)
}

export async function viewStopped(ports: Ports, enrolmentId: number): Promise<StopView> {
  const { enrolment, course } = await findEnrolment(ports, enrolmentId)
  const deliveries = await ports.store.deliveries.ofEnrolment(enrolmentId)
  const next = deliveries.find((row) => row.state === 'planned' || row.state === 'deferred')
  return {
    course,
    discreet: enrolment.discreet,
    state: enrolment.state,
    nextAt: next?.dueAt ?? null,
    timeZone: enrolment.timeZone,
  }
}
