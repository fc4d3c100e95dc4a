import { isRestricted, NO_STARTING_POINT } from '../../core/assessment/starting-point.ts'
import type { Course } from '../../core/course/course.ts'
import { DELIVERY_KINDS } from '../../core/delivery/email-kinds.ts'
import { pauseDatesOf } from '../../core/enrolment/pause-dates.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import { LINKS } from '../../core/security/links.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { viewRecoveryCode } from '../security/recovery-code.ts'
import { requireFreshSession } from '../security/sessions.ts'
import type { LearnerSettings, SettingsView, WeekView } from '../views.ts'
import { checkInDueAt } from './check-ins.ts'
import { canPause, replanPaused } from './pause.ts'
import { replanReminder } from './plan-reminder.ts'
import { resumeCheckIns } from './resume-enrolment.ts'
import { lastLessonAt, nextSendTimes, wasOpenedEarly } from './send-times.ts'
import { hasShortEmails, switchOnShortEmails } from './short-emails.ts'
import { keepStartingPoint, startingPointOfEnrolment } from './starting-point.ts'
import { stopCheckIns } from './stop-enrolment.ts'
import { viewWeek } from './view-week.ts'
import { findForViewer } from './viewer.ts'

/** What the settings page shows. Changes nothing. Fails with `bad-link` or `gone`. */
export async function viewSettings(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer'>,
  token: string,
  session: string | null,
): Promise<SettingsView> {
  const { enrolment, course, viewer } = await findForViewer(ports, token, session)
  // Track and overlays are derived from answers, so the link alone reveals neither.
  const { variant } = viewer.isOwn ? await startingPointOfEnrolment(ports, ports.store, enrolment) : NO_STARTING_POINT
  return {
    course,
    discreet: enrolment.discreet,
    week: await viewWeek(ports, course, enrolment, { links: true }),
    settings: {
      // Not for somebody who has no more than a link: short emails do not greet by name.
      name: viewer.isOwn ? enrolment.name : '',
      timeZone: enrolment.timeZone,
      hour: enrolment.hour,
      discreet: enrolment.discreet,
      webOnly: enrolment.webOnly,
      shortEmails: await hasShortEmails(ports, ports.store, enrolment),
      track: variant.track,
      overlays: variant.overlays,
      checkIns: enrolment.checkInsStoppedAt === null,
      language: enrolment.language,
      pace: enrolment.pace,
      reminderHour: enrolment.reminderHour,
    },
    hasCheckIns:
      ports.courses.resourcesOf(course.name, course.language).checkIns.length > 0 && enrolment.state !== 'stopped',
    isOwn: viewer.isOwn,
    isFresh: viewer.isFresh,
    hasReadingWord: viewer.isFresh && (await ports.store.learners.readingWord(enrolment.learnerId)) !== null,
    recovery:
      viewer.isFresh && enrolment.webOnly
        ? {
            code: await viewRecoveryCode(ports, enrolment.learnerId),
            mails: await ports.store.learners.allowsWayBackEmail(enrolment.learnerId),
          }
        : null,
    pauseDates: canPause(enrolment) ? pauseDatesOf(enrolment.timeZone, enrolment.pause, ports.clock.now()) : null,
    token,
    stopToken: LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }),
  }
}

/**
 * Changes what has not been sent yet; a setting that is left out keeps its value. A new language begins with the next
 * lesson: days already sent keep theirs. Lessons move to the new hour, time
 * zone or pace, still at most one per local day, and check-ins stay a week apart. Days already sent keep the variant stored in their
 * row. Changing track or overlays and switching short emails off require a fresh own session (`not-fresh`). While a
 * restriction applies, short emails stay on, and only a fresh own session is told so (`bad-input`).
 */
export async function changeSettings(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer'>,
  token: string,
  session: string | null,
  settings: Partial<LearnerSettings>,
): Promise<WeekView> {
  const { enrolment, course, viewer } = await findForViewer(ports, token, session)
  const { checkIns, shortEmails, track, overlays, ...preferences } = settings
  const now = ports.clock.now()
  const short = await hasShortEmails(ports, ports.store, enrolment)
  const changesVariant = track !== undefined || overlays !== undefined
  const switchesOff = shortEmails === false && short
  if (changesVariant || switchesOff) requireFreshSession(ports, viewer.session)
  const changed: Enrolment = { ...enrolment, ...preferences }

  await ports.store.transaction(async (unit) => {
    if (changesVariant) await changeVariant(ports, unit, enrolment, settings)
    if (shortEmails === true) await switchOnShortEmails(unit, enrolment.id)
    if (switchesOff) await switchOffShortEmails(ports, unit, enrolment)
    if (checkIns === false && enrolment.checkInsStoppedAt === null) await stopCheckIns(unit, enrolment.id, now)
    if (checkIns === true) await resumeCheckIns(ports, unit, changed, course, now)
    await changePreferences(ports, unit, { enrolment, course }, preferences, now)
  })
  return viewWeek(ports, course, changed, { links: true })
}

/** Stores these preferences and moves what is still to come, within the caller's transaction. */
export async function changePreferences(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  { enrolment, course }: { readonly enrolment: Enrolment; readonly course: Course },
  preferences: Parameters<Repositories['enrolments']['setPreferences']>[1],
  now: number,
): Promise<void> {
  const changed: Enrolment = { ...enrolment, ...preferences }
  await unit.enrolments.setPreferences(enrolment.id, preferences)
  if (changed.reminderHour !== enrolment.reminderHour) await replanReminder(ports, unit, changed, now)
  await replanLessons(ports, unit, changed, course, now)
}

async function changeVariant(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  enrolment: Enrolment,
  { track, overlays }: Partial<LearnerSettings>,
): Promise<void> {
  const start = await startingPointOfEnrolment(ports, unit, enrolment)
  const variant = {
    track: track === undefined ? start.variant.track : track,
    overlays: overlays ?? start.variant.overlays,
  }
  await keepStartingPoint(ports, unit, enrolment, { ...start, variant })
}

/** Checked within the same transaction, so that a restriction added meanwhile is not missed. */
async function switchOffShortEmails(
  ports: Pick<Ports, 'clock' | 'sealer'>,
  unit: Repositories,
  enrolment: Enrolment,
): Promise<void> {
  if (isRestricted(await startingPointOfEnrolment(ports, unit, enrolment), ports.clock.now()))
    throw new AppError('bad-input', phrase('errors.check-form'), {
      fields: { shortEmails: phrase('enrolment.stays-short') },
    })
  await unit.enrolments.setShortEmails(enrolment.id, false)
}

/** Moves what is still to come to the hour, zone and pace of `changed`, within the caller's transaction. */
export async function replanLessons(
  ports: Pick<Ports, 'calendar'>,
  unit: Repositories,
  changed: Enrolment,
  course: Course,
  now: number,
): Promise<void> {
  // Read again, because it may have been paused meanwhile.
  const pause = (await unit.enrolments.byId(changed.id))?.pause ?? null
  if (pause !== null) return replanPaused(ports, unit, changed, pause.until, now)
  await bringEarlySlotForward(ports, unit, changed)
  const rows = await unit.deliveries.ofEnrolment(changed.id)
  // Rows that are already due keep their time; only later ones move to the new hour.
  const waiting = rows.filter((row) => row.state === 'planned' && row.dueAt > now)
  const daily = waiting.filter((row) => DELIVERY_KINDS[row.kind].schedule === 'daily')
  // A lesson that is due or being sent counts as today's lesson.
  const isOneDue = rows.some(
    (row) =>
      row.day !== null &&
      (row.state === 'leased' || row.state === 'deferred' || (row.state === 'planned' && row.dueAt <= now)),
  )
  const sendTimes = nextSendTimes(ports.calendar, changed, {
    from: now,
    last: isOneDue ? now : lastLessonAt(rows),
    count: daily.length,
  })
  const closing = rows.find((row) => row.kind === 'closing')
  const closedAt = closing?.firstHandoverAt ?? closing?.settledAt ?? now
  for (const row of waiting) {
    const place = daily.indexOf(row)
    const week = (row.day ?? 0) - course.days - 1
    const dueAt = row.kind === 'check-in' ? checkInDueAt(ports, changed, closedAt, week) : sendTimes[place]
    if (dueAt !== undefined) await unit.deliveries.postpone(row.id, Math.max(dueAt, now))
  }
}

/**
 * A lesson that was opened on the page took the time of its email. At a faster pace that time comes earlier, and with it
 * the lesson after it.
 */
async function bringEarlySlotForward(
  { calendar }: Pick<Ports, 'calendar'>,
  unit: Repositories,
  changed: Enrolment,
): Promise<void> {
  for (const row of await unit.deliveries.ofEnrolment(changed.id)) {
    if (!wasOpenedEarly(row) || row.settledAt === null || row.firstHandoverAt === null) continue
    const slot = calendar.nextSendTime(changed, row.settledAt)
    if (slot < row.firstHandoverAt) await unit.deliveries.moveEarlySlot(row.id, slot)
  }
}
