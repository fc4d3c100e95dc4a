import { type PauseDates, pauseDatesOf } from '../../core/enrolment/pause-dates.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment, SignUp } from '../../core/model.ts'
import { addressKey } from '../../core/security/keys.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import { type LedgerLine, ledgerOf } from './deliveries/ledger.ts'
import { type FormerValues, formerValues } from './person/former-values.ts'
import { type EarlierDay, earlierDays } from './person/move-lesson.ts'

export interface PersonCourse {
  readonly enrolment: Pick<
    Enrolment,
    | ('id' | 'course' | 'state' | 'confirmedAt' | 'pause' | 'checkInsStoppedAt')
    | ('name' | 'timeZone' | 'hour' | 'pace' | 'language' | 'discreet' | 'webOnly' | 'shortEmails' | 'reminderHour')
  >
  /** The last lesson that was handed over; 0 before the first. */
  readonly day: number
  readonly ledger: readonly LedgerLine[]
  /** Dates until which it may be paused. */
  readonly pauseDates: PauseDates
  /** Days to which the next lesson may be brought forward. */
  readonly earlierDays: readonly EarlierDay[]
  readonly former: FormerValues
}

/** A sign-up, and the two acts of consent. */
export type Consent = Pick<SignUp, 'id' | 'course' | 'wording' | 'createdAt' | 'confirmedAt' | 'declinedAt'> & {
  /** The text that was shown; null if the course has another version by now. */
  readonly text: string | null
}

export interface PersonView {
  readonly id: number
  readonly address: string
  readonly since: number
  readonly suppression: { readonly reason: string; readonly since: number } | null
  /** Who has another address by now, if this is only a former address of theirs. */
  readonly nowAt: number | null
  readonly courses: readonly PersonCourse[]
  readonly consents: readonly Consent[]
  /** Deliveries that belong to no course: confirmations. */
  readonly others: readonly LedgerLine[]
}

/** How many lines of the audit log are looked through for what can be undone. */
const MOST_ACTS = 50

/** Everything an operator may know of one person. Fails with `not-found`. */
export async function viewPerson(
  ports: Pick<Ports, 'calendar' | 'clock' | 'courses' | 'keys' | 'store'>,
  id: number,
): Promise<PersonView> {
  const { store } = ports
  const learner = await store.learners.byId(id)
  const since = await store.people.signedUpAt(id)
  if (learner === null || since === null) throw new AppError('not-found', phrase('desk.errors.no-person'))
  const enrolments = await store.enrolments.ofLearner(id)
  const suppressed = await store.suppressions.byKey(addressKey(ports.keys, learner.address))
  const ledger = await ledgerOf(ports, id, enrolments)
  const acts = await store.auditLog.page({ learnerId: id }, null, MOST_ACTS)
  const change = enrolments.length > 0 ? null : await store.addressChanges.byFormer(id)
  return {
    id,
    address: learner.address,
    since,
    suppression: suppressed && { reason: suppressed.reason, since: suppressed.createdAt },
    nowAt: change !== null && change.undoneAt === null ? change.learnerId : null,
    courses: enrolments.toReversed().map((enrolment) => {
      const lines = ledger.filter(({ enrolmentId }) => enrolmentId === enrolment.id)
      const pauseDates = pauseDatesOf(enrolment.timeZone, enrolment.pause, ports.clock.now())
      return {
        ...{ enrolment, day: lastDay(lines), ledger: lines, pauseDates },
        earlierDays: earlierDays(ports, enrolment, lines),
        former: formerValues(ports, enrolment, lines, acts),
      }
    }),
    consents: (await store.people.signUps(id)).map((signUp) => ({ ...signUp, text: wordingOf(ports, signUp) })),
    others: ledger.filter(({ enrolmentId }) => enrolmentId === null),
  }
}

function lastDay(lines: readonly LedgerLine[]): number {
  return Math.max(
    0,
    ...lines.map(({ kind, day, firstHandoverAt }) => (kind === 'lesson' && firstHandoverAt !== null ? (day ?? 0) : 0)),
  )
}

/** A wording is named by the version of the text, with a mark if the starting point was answered as well. */
export function wordingOf(
  { courses }: Pick<Ports, 'courses'>,
  { course, wording, preferences }: SignUp,
): string | null {
  const consent = courses.get(course, preferences.language)?.consent
  return consent !== undefined && wording.split('+')[0] === consent.version ? consent.text : null
}
