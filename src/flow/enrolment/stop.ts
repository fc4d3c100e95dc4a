import { pauseDatesOf } from '../../core/enrolment/pause-dates.ts'
import { type Enrolment, type EnrolmentState, isStillToCome } from '../../core/model.ts'
import { findByStopLink, findEnrolment, type StopTarget } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { isDiscreetSignUp, isQuietLearner, recordStop } from '../sending/requested-email.ts'
import type { StopView } from '../views.ts'
import { declineSignUp } from './decline-sign-up.ts'
import { canPause } from './pause.ts'
import { stopCheckIns, stopEnrolment } from './stop-enrolment.ts'

type StopPorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>

/** What the stop page shows. Changes nothing. Fails with `bad-link` or `gone`. */
export async function viewStop(ports: StopPorts, token: string): Promise<StopView> {
  return viewStopTarget(ports, await findByStopLink(ports, token))
}

/**
 * Stops everything that is planned, in one transaction; after the commit no message starts being sent. Also handles the
 * one-click POST of RFC 8058. From now on nothing is sent to this mailbox on request. A repeated call changes nothing
 * else. Fails with `bad-link` or `gone`.
 */
export async function stop(ports: StopPorts, token: string): Promise<StopView> {
  const found = await findByStopLink(ports, token)
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if (found.kind === 'sign-up') return declineSignUp(ports, unit, found.signUp, now)
    if (found.kind === 'new-address') {
      await unit.emailedLinks.useAll(found.learnerId, now)
      return recordStop(ports, unit, found.learnerId, now)
    }
    await recordStop(ports, unit, found.enrolment.learnerId, now)
    if (found.kind === 'check-ins') await stopCheckIns(unit, found.enrolment.id, now)
    else await stopEnrolment(unit, found.enrolment, 'learner', now)
  })
  return viewStop(ports, token)
}

export async function viewStopTarget(ports: StopPorts, found: StopTarget): Promise<StopView> {
  if (found.kind === 'sign-up')
    return {
      course: found.course,
      discreet: await isDiscreetSignUp(ports, ports.store, found.signUp),
      state: found.signUp.declinedAt === null ? 'pending' : 'stopped',
      what: 'sign-up',
      hasCourse: (await ports.store.enrolments.ofLearner(found.signUp.learnerId)).length > 0,
      isQuiet: await isQuietLearner(ports, found.signUp.learnerId),
      hasNewRound: false,
      nextAt: null,
      timeZone: found.signUp.preferences.timeZone,
      instead: null,
    }
  if (found.kind === 'new-address') {
    const isQuiet = await isQuietLearner(ports, found.learnerId)
    return {
      course: found.course,
      // Whoever has this mailbox need not be the learner.
      discreet: true,
      state: isQuiet ? 'stopped' : 'pending',
      what: 'sign-up',
      hasCourse: (await ports.store.enrolments.ofLearner(found.learnerId)).length > 0,
      isQuiet,
      hasNewRound: false,
      nextAt: null,
      timeZone: 'UTC',
      instead: null,
    }
  }
  const { enrolment, course } = await findEnrolment(ports, found.enrolment.id)
  const deliveries = await ports.store.deliveries.ofEnrolment(enrolment.id)
  const waiting = deliveries.filter((row) => row.day !== null && isStillToCome(row))
  const next = waiting.find((row) => found.kind === 'enrolment' || row.kind === 'check-in')
  return {
    course,
    discreet: enrolment.discreet,
    state: stateOf(enrolment, found.kind, next !== undefined),
    what: found.kind === 'check-ins' || enrolment.state === 'finished' ? 'check-ins' : 'all',
    hasCourse: true,
    isQuiet: await isQuietLearner(ports, enrolment.learnerId),
    hasNewRound: (await ports.store.enrolments.latest(enrolment.learnerId, course.name))?.id !== enrolment.id,
    nextAt: next?.dueAt ?? null,
    timeZone: enrolment.timeZone,
    instead:
      found.kind === 'enrolment' && canPause(enrolment)
        ? {
            pace: enrolment.pace,
            webOnly: enrolment.webOnly,
            pauseDates: pauseDatesOf(enrolment.timeZone, enrolment.pause, ports.clock.now()),
          }
        : null,
  }
}

/** Check-ins count as active while any may be sent, so a finished course may still have something to stop. */
function stateOf(enrolment: Enrolment, kind: 'enrolment' | 'check-ins', waiting: boolean): EnrolmentState {
  if (kind === 'enrolment' && enrolment.state !== 'finished') return enrolment.state
  if (enrolment.checkInsStoppedAt !== null) return 'stopped'
  return enrolment.state === 'active' || enrolment.state === 'paused' || waiting ? 'active' : enrolment.state
}
