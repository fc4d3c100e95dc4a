import { AppError } from '../../core/errors.ts'
import type { Pace } from '../../core/pace.ts'
import { phrase } from '../../core/words.ts'
import { findByStopLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import type { StopView } from '../views.ts'
import { replanLessons } from './change-settings.ts'
import { pauseEnrolment } from './pause.ts'
import { viewStop } from './stop.ts'

/**
 * What a learner can have instead of a stop, behind the stop link of a course: a pause until a local date
 * (`2026-05-03`), or another pace from the next lesson on. Fails with `bad-link` or `gone`, and with `bad-input` for a
 * date that cannot be chosen or a course that is not running.
 */
export async function ratherThanStop(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys'>,
  token: string,
  wish: { readonly pauseUntil: string } | { readonly pace: Pace },
): Promise<StopView> {
  const found = await findByStopLink(ports, token)
  if (found.kind !== 'enrolment') throw new AppError('bad-link', phrase('errors.bad-link'))
  const { enrolment, course } = found
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if ('pauseUntil' in wish) return pauseEnrolment(ports, unit, enrolment, wish.pauseUntil, now)
    await unit.enrolments.setPreferences(enrolment.id, { pace: wish.pace })
    await replanLessons(ports, unit, { ...enrolment, pace: wish.pace }, course, now)
  })
  return viewStop(ports, token)
}
