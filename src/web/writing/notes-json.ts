import { NEVER } from '../../core/model.ts'
import type { Taken, TakenQuestion } from '../../flow/exercise/take-along.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { type AnswerVersion, writtenAnswers } from './written-answers.ts'

/** Raised when a field is renamed, removed or means something else; new fields do not change it. */
const VERSION = 1

/** Everything taken along, for programs: docs/notes-file.md describes it. Instants are ISO 8601 in UTC. */
export function notesJson(site: Site, taken: Taken) {
  const numberOf = new Map(taken.courses.map(({ enrolment }, index) => [enrolment.id, index + 1]))
  return {
    format: 'my-notes',
    version: VERSION,
    savedAt: instant(site.ports.clock.now()),
    email: taken.address,
    readingWord: taken.hasReadingWord,
    wayBackEmail: taken.allowsWayBackEmail,
    courses: taken.courses.map((written) => ({
      number: numberOf.get(written.enrolment.id),
      ...courseOf(site, written),
    })),
    consents: taken.consents.map((consent) => {
      const course = site.ports.courses.get(consent.course, consent.language)
      const isThisVersion = consent.wording.split('+', 1)[0] === course?.consent.version
      return {
        course: course?.title ?? null,
        wording: consent.wording,
        text: course !== null && isThisVersion ? course.consent.text : null,
        askedAt: instant(consent.askedAt),
        confirmedAt: instant(consent.confirmedAt),
        confirmedBy: consent.confirmedHow,
        declinedAt: instant(consent.declinedAt),
      }
    }),
    emails: taken.deliveries.map((row) => ({
      course: row.enrolmentId === null ? null : (numberOf.get(row.enrolmentId) ?? null),
      kind: row.kind,
      day: row.day,
      state: row.state,
      dueAt: instant(row.dueAt),
      sentAt: instant(row.firstHandoverAt),
      settledAt: instant(row.settledAt),
    })),
  }
}

function courseOf(site: Site, { enrolment, course, ownLine, days, shortEmails, questions }: Taken['courses'][number]) {
  const words = wordsOf(site, course ?? undefined)
  const { pause } = enrolment
  return {
    title: course?.title ?? null,
    state: enrolment.state,
    begunAt: instant(enrolment.confirmedAt),
    pause: pause && { since: instant(pause.since), until: instant(pause.until) },
    settings: {
      name: enrolment.name,
      language: course?.language ?? enrolment.language,
      timeZone: enrolment.timeZone,
      hour: enrolment.hour,
      pace: enrolment.pace,
      reminderHour: enrolment.reminderHour,
      discreet: enrolment.discreet,
      webOnly: enrolment.webOnly,
      shortEmails,
      checkIns: enrolment.checkInsStoppedAt === null,
    },
    ownLine: ownLine && { text: ownLine.text, savedAt: instant(ownLine.savedAt) },
    days: days.map((day) => ({
      day: day.day,
      kind: day.kind,
      title: day.titles?.day ?? null,
      exercise: day.titles?.exercise ?? null,
      openedAt: instant(day.openedAt),
      effort: day.done?.effort ?? null,
      doneAt: instant(day.done?.completedAt ?? null),
      answers: writtenAnswers(words, day).map(({ question, type, others, ...newest }) => ({
        question,
        type,
        ...versionOf(newest),
        others: others.map(versionOf),
      })),
    })),
    questions: questions.map(({ day, state, askedAt, messages, publication }) => ({
      day,
      state,
      askedAt: instant(askedAt),
      messages: messages.map(({ by, at, via, text }) => ({ by, at: instant(at), via, text })),
      publication: publicationOf(publication),
    })),
  }
}

function publicationOf({ state, text, isChanged, proposedAt, place }: TakenQuestion['publication']) {
  if (state === 'nothing') return null
  const { question, answer, followUp, secondAnswer, situation, language, article } = text ?? {}
  return {
    state,
    proposedAt: instant(proposedAt),
    publishedAt: instant(place?.publishedAt ?? null),
    readers: place?.library ?? null,
    staysWhenErased: place?.staysWhenErased ?? null,
    changed: isChanged,
    text: text && { question, answer, followUp, secondAnswer, situation, language, article },
  }
}

function versionOf({ value, lines, savedAt }: AnswerVersion) {
  return { value, lines, savedAt: instant(savedAt) }
}

function instant(at: number | null): string | null {
  return at === null || at === NEVER ? null : new Date(at).toISOString()
}
