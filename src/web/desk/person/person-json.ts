import { NEVER, type Preferences } from '../../../core/model.ts'
import type { LedgerLine } from '../../../flow/desk/deliveries/ledger.ts'
import type { PersonRecord } from '../../../flow/desk/person/export-person.ts'
import type { PersonCourse } from '../../../flow/desk/view-person.ts'
import type { Site } from '../../page/site.ts'

/** Raised when a field is renamed, removed or means something else; new fields do not change it. */
const VERSION = 1

/**
 * What a person is handed of what is known of them, for people and programs: docs/person-file.md describes it. Instants are
 * ISO 8601 in UTC. Each field is named here, so that a new column is not handed out by itself.
 */
export function personJson(site: Site, person: PersonRecord) {
  const { ports } = site
  return {
    format: 'person',
    version: VERSION,
    savedAt: instant(ports.clock.now()),
    number: person.id,
    email: person.address,
    knownSince: instant(person.since),
    noEmailSince: person.suppression && {
      at: instant(person.suppression.since),
      reason: person.suppression.reason,
    },
    wayBackEmail: person.allowsWayBackEmail,
    consents: person.consents.map((consent) => {
      const course = ports.courses.get(consent.course, consent.language)
      const isThisVersion = consent.wording.split('+', 1)[0] === course?.consent.version
      return {
        course: consent.course,
        wording: consent.wording,
        text: isThisVersion ? (course?.consent.text ?? null) : null,
        askedAt: instant(consent.askedAt),
        confirmedAt: instant(consent.confirmedAt),
        confirmedBy: consent.confirmedHow,
        declinedAt: instant(consent.declinedAt),
        settings: settingsOf(consent.preferences),
      }
    }),
    courses: person.courses.map(courseOf),
    otherEmails: person.others.map(emailOf),
    acts: person.acts.map(({ at, act, reason, details, operatorId }) => ({
      at: instant(at),
      by: operatorId === null ? 'host' : 'operator',
      act,
      reason,
      details,
    })),
  }
}

function courseOf({ enrolment, ledger }: PersonCourse) {
  const { pause } = enrolment
  return {
    number: enrolment.id,
    course: enrolment.course,
    state: enrolment.state,
    begunAt: instant(enrolment.confirmedAt),
    pause: pause && { since: instant(pause.since), until: instant(pause.until) },
    settings: { ...settingsOf(enrolment), checkIns: enrolment.checkInsStoppedAt === null },
    emails: ledger.map(emailOf),
  }
}

function settingsOf(chosen: Omit<Preferences, 'shortEmails'> & { readonly shortEmails: boolean | null }) {
  return {
    name: chosen.name,
    language: chosen.language,
    timeZone: chosen.timeZone,
    hour: chosen.hour,
    pace: chosen.pace,
    reminderHour: chosen.reminderHour,
    discreet: chosen.discreet,
    webOnly: chosen.webOnly,
    shortEmails: chosen.shortEmails === true,
  }
}

function emailOf(line: LedgerLine) {
  return {
    number: line.id,
    kind: line.kind,
    day: line.day,
    state: line.state,
    dueAt: instant(line.dueAt),
    attempts: line.attempt,
    sentAt: instant(line.firstHandoverAt),
    settledAt: instant(line.settledAt),
    reply: line.reply,
    refusals: line.attempts.map(({ number, at, reply }) => ({ attempt: number, at: instant(at), reply })),
    reports: line.reports.map(({ kind, reason, at }) => ({ kind, reason, at: instant(at) })),
  }
}

function instant(at: number | null): string | null {
  return at === null || at === NEVER ? null : new Date(at).toISOString()
}
