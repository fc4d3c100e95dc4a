import type { Enrolment } from '../model.ts'
import type { AuditAct, Reason } from './audit.ts'

/** What an operator may do for a person. */
export type PersonAct = Extract<
  AuditAct,
  | ('pause-course' | 'resume-course' | 'stop-course' | 'change-hour' | 'change-zone' | 'change-pace' | 'move-lesson')
  | ('suppress' | 'lift-suppression' | 'erase')
>

/** Acts that set one of the learner's settings, and which. */
export const SETTING_ACTS = {
  'change-hour': 'hour',
  'change-zone': 'timeZone',
  'change-pace': 'pace',
} as const satisfies Partial<Record<PersonAct, keyof Enrolment>>

export type SettingAct = keyof typeof SETTING_ACTS

export function isSettingAct(act: PersonAct): act is SettingAct {
  return Object.hasOwn(SETTING_ACTS, act)
}

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
  'change-hour': { about: 'course', reasons: WANTED },
  'change-zone': { about: 'course', reasons: WANTED },
  'change-pace': { about: 'course', reasons: WANTED },
  'move-lesson': { about: 'course', reasons: WANTED },
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
  if (state === 'active')
    return ['move-lesson', 'pause-course', 'stop-course', 'change-hour', 'change-zone', 'change-pace']
  if (state === 'paused')
    return ['pause-course', 'resume-course', 'stop-course', 'change-hour', 'change-zone', 'change-pace']
  if (state === 'stopped') return ['resume-course']
  // Check-ins come once a week at every pace.
  return checkInsStoppedAt === null ? ['stop-course', 'change-hour', 'change-zone'] : []
}

export function actsOnAddress(isSuppressed: boolean): PersonAct[] {
  return isSuppressed ? ['lift-suppression'] : ['suppress']
}
