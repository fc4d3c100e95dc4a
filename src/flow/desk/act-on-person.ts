import type { AuditDetails, Reason } from '../../core/desk/audit.ts'
import { actsOnAddress, actsOnCourse, isSettingAct, PERSON_ACTS, type PersonAct } from '../../core/desk/person-acts.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment, EnrolmentState, Learner } from '../../core/model.ts'
import { addressKey } from '../../core/security/keys.ts'
import { phrase } from '../../core/words.ts'
import { eraseLearner } from '../enrolment/erase.ts'
import { endPause, pauseEnrolment } from '../enrolment/pause.ts'
import { resumeEnrolment } from '../enrolment/resume-enrolment.ts'
import { stopEnrolment } from '../enrolment/stop-enrolment.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { suppressAddress } from '../reports/suppress.ts'
import { recordStop } from '../sending/requested-email.ts'
import { changeSetting } from './person/change-setting.ts'
import { moveLesson, moveLessonBack } from './person/move-lesson.ts'
import { type RecordPorts, recordAct } from './record-act.ts'

type ActPorts = RecordPorts & Pick<Ports, 'calendar' | 'courses' | 'log' | 'store'>

export interface ActRequest {
  readonly operatorId: number
  readonly learnerId: number
  readonly act: PersonAct
  readonly reason: Reason
  /** For the audit log; deleted with the learner. '' for none. */
  readonly note: string
  /** Of an act on a course. */
  readonly enrolmentId: number | null
  /**
   * What was chosen: an hour (0 to 23), a time zone, a pace, or a local date of the learner, as in `2026-05-03`, until which to
   * pause or to which to bring the next lesson forward. Of the latter, '' gives it its former day again.
   */
  readonly value: string
}

/**
 * Does for a person what they could do themselves, by the same flows, and records it in the same transaction. Fails with
 * `not-found`, and with `bad-input` and what to do instead where the act does not fit the state of the course or would change
 * nothing, the reason does not fit it, or the value cannot be chosen.
 */
export async function actOnPerson(ports: ActPorts, request: ActRequest): Promise<void> {
  const { operatorId, learnerId, act, reason, note, enrolmentId } = request
  if (!PERSON_ACTS[act].reasons.includes(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
  const record = (unit: Repositories, details: AuditDetails = {}) =>
    recordAct(ports, unit, {
      ...{ operatorId, learnerId, act, reason, note },
      details: enrolmentId === null ? details : { enrolment: enrolmentId, ...details },
    })
  if (act === 'erase') {
    await eraseLearner(ports, learnerId, async (unit) => {
      await learnerOf(unit, learnerId)
      await record(unit)
      return null
    })
    return
  }
  await ports.store.transaction(async (unit) => {
    const learner = await learnerOf(unit, learnerId)
    if (PERSON_ACTS[act].about === 'course') await record(unit, await actOnCourse(ports, unit, request))
    else {
      await actOnAddress(ports, unit, learner, act)
      await record(unit)
    }
  })
}

/** Returns what the audit log keeps of it besides the course. */
async function actOnCourse(ports: ActPorts, unit: Repositories, request: ActRequest): Promise<AuditDetails> {
  const { act, value, learnerId } = request
  const enrolment = await courseOf(unit, request)
  if (!actsOnCourse(enrolment).includes(act)) throw refuse(`course-${enrolment.state}`)
  const now = ports.clock.now()
  if (isSettingAct(act)) return changeSetting(ports, unit, enrolment, act, value)
  if (act === 'move-lesson')
    return value === '' ? moveLessonBack(ports, unit, enrolment) : moveLesson(ports, unit, enrolment, value)
  if (act === 'pause-course') await pauseEnrolment(ports, unit, enrolment, value, now)
  else if (act === 'stop-course') {
    await recordStop(ports, unit, learnerId, now)
    await stopEnrolment(unit, enrolment, 'operator', now)
  } else if (enrolment.state === 'paused') await endPause(ports, unit, enrolment, now)
  else await resumeCourse(ports, unit, enrolment, now)
  return {}
}

async function resumeCourse(ports: ActPorts, unit: Repositories, enrolment: Enrolment, now: number): Promise<void> {
  // The new address confirms first.
  if ((await unit.addressChanges.undone(enrolment.learnerId)).length > 0) throw refuse('address-undone')
  const { learnerId, course, id } = enrolment
  if ((await unit.enrolments.latest(learnerId, course))?.id !== id) throw refuse('newer-round')
  await resumeEnrolment(ports, unit, enrolment, now)
}

async function actOnAddress(ports: ActPorts, unit: Repositories, learner: Learner, act: PersonAct): Promise<void> {
  const key = addressKey(ports.keys, learner.address)
  if (!actsOnAddress((await unit.suppressions.byKey(key)) !== null).includes(act)) throw refuse('changes-nothing')
  if (act === 'suppress') await suppressAddress(unit, key, 'operator', ports.clock.now())
  else await unit.suppressions.removeKey(key)
}

async function courseOf(unit: Repositories, { enrolmentId, learnerId }: ActRequest): Promise<Enrolment> {
  const enrolment = enrolmentId === null ? null : await unit.enrolments.byId(enrolmentId)
  // Somebody else's course would be changed in the name of this person.
  if (enrolment === null || enrolment.learnerId !== learnerId) throw noPerson()
  return enrolment
}

async function learnerOf(unit: Pick<Repositories, 'learners'>, id: number): Promise<Learner> {
  const learner = await unit.learners.byId(id)
  if (learner === null) throw noPerson()
  return learner
}

function noPerson(): AppError {
  return new AppError('not-found', phrase('desk.errors.no-person'))
}

function refuse(why: `course-${EnrolmentState}` | 'address-undone' | 'changes-nothing' | 'newer-round'): AppError {
  return new AppError('bad-input', phrase(`desk.errors.${why}`))
}
