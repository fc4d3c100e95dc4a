import type { Enrolment } from '../model.ts'
import type { AuditAct, Reason } from './audit.ts'

/** What an operator may do for a person. */
export type PersonAct = Extract<
  AuditAct,
  'pause-course' | 'resume-course' | 'stop-course' | 'suppress' | 'lift-suppression' | 'erase'
>

export interface PersonActRules {
  /** What it is about: one course of theirs, their address, or everything. */
  readonly about: 'course' | 'address' | 'person'
  /** Why it may be done. */
  readonly reasons: readonly Reason[]
}

/** Nobody but the person may want emails that they do not get now. */
const WANTED: readonly Reason[] = ['asked', 'mistake']
const ANY: readonly Reason[] = ['asked', 'mistake', 'abuse', 'trouble', 'law', 'test']

export const PERSON_ACTS: Readonly<Record<PersonAct, PersonActRules>> = {
  'pause-course': { about: 'course', reasons: ANY },
  'resume-course': { about: 'course', reasons: WANTED },
  'stop-course': { about: 'course', reasons: ANY },
  suppress: { about: 'address', reasons: ANY },
  'lift-suppression': { about: 'address', reasons: WANTED },
  erase: { about: 'person', reasons: ['asked', 'abuse', 'law', 'test'] },
}

export function isPersonAct(text: string): text is PersonAct {
  return Object.hasOwn(PERSON_ACTS, text)
}

/** The acts that would change something about this course. */
export function actsOnCourse({
  state,
  checkInsStoppedAt,
}: Pick<Enrolment, 'state' | 'checkInsStoppedAt'>): PersonAct[] {
  if (state === 'active') return ['pause-course', 'stop-course']
  if (state === 'paused') return ['pause-course', 'resume-course', 'stop-course']
  if (state === 'stopped') return ['resume-course']
  return checkInsStoppedAt === null ? ['stop-course'] : []
}

export function actsOnAddress(isSuppressed: boolean): PersonAct[] {
  return isSuppressed ? ['lift-suppression'] : ['suppress']
}
