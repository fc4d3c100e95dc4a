import type { EnrolmentState } from '../model.ts'

/** `pending`: signed up and not confirmed, so that there is no enrolment yet. */
export type EnrolmentStateOrPending = 'pending' | EnrolmentState

/** Everything that can change the state of an enrolment, or whether its weekly check-ins come. */
export type EnrolmentAct =
  | ('confirm' | 'start-anew' | 'stop' | 'stop-check-ins' | 'resume' | 'resume-check-ins' | 'finish')
  | ('pause' | 'end-pause')

export interface Transition {
  readonly state: EnrolmentState
  readonly checkIns: 'stopped' | 'resumed' | 'unchanged'
}

/** The course begins at its first day, in an enrolment of its own; an earlier one keeps its state. */
export const NEW_ROUND = 'new-round'

type Next = Transition | typeof NEW_ROUND | null

const RESUMED: Transition = { state: 'active', checkIns: 'resumed' }
const PAUSED: Transition = { state: 'paused', checkIns: 'unchanged' }

/**
 * What each act does in each state; null: it is refused and nothing changes. Check-ins end with a stop in every state, also
 * for enrolments that an earlier version stopped without them.
 */
export const ENROLMENT_ACTS = {
  confirm: {
    pending: NEW_ROUND,
    active: null,
    paused: null,
    stopped: RESUMED,
    finished: NEW_ROUND,
  },
  // With the same confirmation, by somebody who would rather begin at the first day.
  'start-anew': {
    pending: NEW_ROUND,
    active: null,
    paused: null,
    stopped: NEW_ROUND,
    finished: NEW_ROUND,
  },
  stop: {
    pending: null,
    active: { state: 'stopped', checkIns: 'stopped' },
    paused: { state: 'stopped', checkIns: 'stopped' },
    stopped: { state: 'stopped', checkIns: 'stopped' },
    finished: { state: 'finished', checkIns: 'stopped' },
  },
  'stop-check-ins': {
    pending: null,
    active: { state: 'active', checkIns: 'stopped' },
    paused: { state: 'paused', checkIns: 'stopped' },
    stopped: { state: 'stopped', checkIns: 'stopped' },
    finished: { state: 'finished', checkIns: 'stopped' },
  },
  resume: {
    pending: null,
    active: null,
    paused: null,
    stopped: RESUMED,
    finished: null,
  },
  'resume-check-ins': {
    pending: null,
    active: { state: 'active', checkIns: 'resumed' },
    paused: { state: 'paused', checkIns: 'resumed' },
    stopped: null,
    finished: { state: 'finished', checkIns: 'resumed' },
  },
  finish: {
    pending: null,
    active: { state: 'finished', checkIns: 'unchanged' },
    // The last email was on its way when the pause began.
    paused: { state: 'finished', checkIns: 'unchanged' },
    stopped: null,
    finished: null,
  },
  // Of a paused course, it changes until when.
  pause: {
    pending: null,
    active: PAUSED,
    paused: PAUSED,
    stopped: null,
    finished: null,
  },
  // When its time has come, or earlier.
  'end-pause': {
    pending: null,
    active: null,
    paused: { state: 'active', checkIns: 'unchanged' },
    stopped: null,
    finished: null,
  },
} as const satisfies Readonly<Record<EnrolmentAct, Readonly<Record<EnrolmentStateOrPending, Next>>>>

/** What this act makes of an enrolment in this state. */
export function nextOf(act: EnrolmentAct, state: EnrolmentStateOrPending): Next {
  return ENROLMENT_ACTS[act][state]
}
