import type { AuditEntry } from '../../../core/desk/audit.ts'
import { SETTING_ACTS, type SettingAct } from '../../../core/desk/person-acts.ts'
import type { Enrolment } from '../../../core/model.ts'
import type { Ports } from '../../ports/ports.ts'
import { type DatedRow, formerTime } from './move-lesson.ts'

/** What operators changed last in a course and nobody changed since, so that one click undoes it. */
export interface FormerValues {
  readonly settings: Partial<Record<SettingAct, string>>
  /** When the lesson that was brought forward came before, ms UTC; null if there is none. */
  readonly lessonAt: number | null
}

/** `rows`: of the enrolment; `acts`: on its learner, newest first. */
export function formerValues(
  ports: Pick<Ports, 'clock'>,
  enrolment: Enrolment,
  rows: readonly DatedRow[],
  acts: readonly AuditEntry[],
): FormerValues {
  const about = acts.filter(({ details }) => details.enrolment === enrolment.id)
  const settings: Partial<Record<SettingAct, string>> = {}
  for (const act of Object.keys(SETTING_ACTS) as SettingAct[]) {
    const { from, to } = about.find((line) => line.act === act)?.details ?? {}
    if (from !== undefined && to === enrolment[SETTING_ACTS[act]]) settings[act] = String(from)
  }
  const moved = about.find(({ act }) => act === 'move-lesson')
  return { settings, lessonAt: formerTime(ports, moved, rows) }
}
