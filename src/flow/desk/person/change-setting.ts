import { isKnownZone } from '../../../core/delivery/time-zone.ts'
import type { AuditDetails } from '../../../core/desk/audit.ts'
import { SETTING_ACTS, type SettingAct } from '../../../core/desk/person-acts.ts'
import { AppError } from '../../../core/errors.ts'
import type { Enrolment } from '../../../core/model.ts'
import { paceNamed } from '../../../core/pace.ts'
import { phrase } from '../../../core/words.ts'
import { courseOfEnrolment } from '../../course-of-enrolment.ts'
import { changePreferences } from '../../enrolment/change-settings.ts'
import type { Ports } from '../../ports/ports.ts'
import type { Repositories } from '../../ports/store-ports.ts'

/**
 * Changes the hour, time zone or pace of a course as its learner's settings page does, within the caller's transaction.
 * `value`: as in a form. Returns what the audit log keeps of it. Fails with `bad-input` for a value that cannot be chosen,
 * one that is set already, and a course whose files are gone.
 */
export async function changeSetting(
  ports: Pick<Ports, 'calendar' | 'clock' | 'courses'>,
  unit: Repositories,
  enrolment: Enrolment,
  act: SettingAct,
  value: string,
): Promise<AuditDetails> {
  const course = courseOfEnrolment(ports, enrolment)
  if (course === null) throw new AppError('bad-input', phrase('desk.errors.course-gone'))
  const preferences = READ[act](value)
  if (preferences === null) throw new AppError('bad-input', phrase(`desk.errors.value-${act}`))
  const setting = SETTING_ACTS[act]
  const [from, to] = [enrolment[setting], { ...enrolment, ...preferences }[setting]]
  if (from === to) throw new AppError('bad-input', phrase('desk.errors.changes-nothing'))
  await changePreferences(ports, unit, { enrolment, course }, preferences, ports.clock.now())
  return { from, to }
}

type Preferences = Partial<Pick<Enrolment, 'hour' | 'timeZone' | 'pace'>>

/** What each act sets; null for a value that cannot be chosen. */
const READ: { readonly [Act in SettingAct]: (value: string) => Preferences | null } = {
  'change-hour': (value) => (/^([01]?\d|2[0-3])$/.test(value) ? { hour: Number(value) } : null),
  'change-zone': (value) => (isKnownZone(value) ? { timeZone: value } : null),
  'change-pace': (value) => {
    const pace = paceNamed(value)
    return pace === null ? null : { pace }
  },
}
