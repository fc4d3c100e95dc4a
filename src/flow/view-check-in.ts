import { type AssessmentAnswers, type AssessmentResult, PREFER_NOT } from '../core/assessment.ts'
import { heedCheckIns } from '../core/check-in.ts'
import type { Answers } from '../core/course.ts'
import { scoreAssessment } from '../core/score-assessment.ts'
import {
  accessOf,
  answeredAgain,
  NO_STARTING_POINT,
  offOf,
  questionsDue,
  startingPointOf,
} from '../core/starting-point.ts'
import { dayOfCheckIn } from './check-ins.ts'
import { findOpenDay, type OpenDay } from './find-open-day.ts'
import type { Ports } from './ports.ts'
import { readAnswersOfDay } from './readable-answers.ts'
import { noteStop } from './requested-mail.ts'
import { keepStartingPoint, startingPointOfEnrolment } from './starting-point.ts'
import { stopCheckIns } from './stop.ts'
import type { AskedAgain, CheckInView } from './views.ts'

const NOTHING = NO_STARTING_POINT
/** Where check-ins begin to be compared: the sliders of the first day. */
const START = 1

/** What a check-in's page has beside its exercise. `hash` is the reader's session, or null: then nothing is compared. */
export async function viewCheckIn(ports: Ports, open: OpenDay, hash: string | null): Promise<CheckInView> {
  const extras = ports.courses.extrasOf(open.course.name)
  const week = open.checkIn?.week ?? 0
  const history: (Answers | null)[] = []
  if (hash !== null) {
    const days = [START, ...extras.checkIns.map((checkIn) => dayOfCheckIn(open.course, checkIn.week))]
    for (const day of days.filter((one) => one <= open.day)) {
      const answers = await readAnswersOfDay(ports, ports.store, open.enrolment, day, hash)
      history.push(Object.keys(answers).length === 0 ? null : answers)
    }
  }
  // Only once this week is answered: what an earlier week showed was said then.
  const answered = history.length > 1 && history.at(-1) !== null
  const asked = hash === null ? (open.checkIn?.ask ?? []) : await questionsOf(ports, open)
  return {
    week,
    weeks: extras.checkIns.length,
    questions: asked.flatMap((id) => extras.assessment?.questions.find((question) => question.id === id) ?? []),
    says: answered ? heedCheckIns(extras.checkInRules, history) : [],
  }
}

/** What the check-in asks of everyone, and what an earlier answer asks of this learner again. */
async function questionsOf(ports: Ports, { enrolment, checkIn }: OpenDay): Promise<readonly string[]> {
  if (!checkIn) return []
  const start = await startingPointOfEnrolment(ports, ports.store, enrolment)
  return [...new Set([...checkIn.ask, ...questionsDue(start, { checkIn: checkIn.week })])]
}

/**
 * Questions of the assessment answered once more in a check-in. The answers are read, and nothing of them is kept but
 * what must no longer be offered. Fails with `bad-link`, `gone` or `not-yet`.
 */
export async function askAgain(ports: Ports, token: string, given: AssessmentAnswers): Promise<AskedAgain | null> {
  const open = await findOpenDay(ports, token)
  const { assessment } = ports.courses.extrasOf(open.course.name)
  if (!assessment || !open.checkIn) return null
  const asked = await questionsOf(ports, open)
  const answers = Object.fromEntries(
    Object.entries(given).filter(([id, answer]) => asked.includes(id) && answer.length > 0),
  )
  const result = scoreAssessment(assessment, answers)
  await heed(ports, open, answers, result)
  return { course: open.course, discreet: open.enrolment.discreet, token, result }
}

/**
 * What the answers lead to is held back from now on, and what the same questions held back before gives way; letters that
 * waited to be shared wait no more, and a course that pauses sends no check-in.
 */
export async function heed(ports: Ports, { enrolment }: OpenDay, answers: AssessmentAnswers, result: AssessmentResult) {
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    const before = await startingPointOfEnrolment(ports, unit, enrolment)
    const fresh = startingPointOf(result, now, false)
    const kept = Object.keys(answers)
      .filter((question) => answers[question] !== PREFER_NOT)
      .reduce((start, question) => answeredAgain(start, question, NOTHING), before)
    const after = { ...kept, holds: [...kept.holds, ...fresh.holds] }
    await keepStartingPoint(ports, unit, enrolment, after)
    if (offOf(after).some((feature) => feature === 'sharing' || feature === 'letters'))
      await unit.sharing.forget(enrolment.id, null)
    if (accessOf(after) !== 'paused') return
    await noteStop(ports, unit, enrolment.learnerId, now)
    await stopCheckIns(unit, enrolment.id, now)
    if (await unit.enrolments.move(enrolment.id, 'active', 'stopped', now))
      await unit.deliveries.cancelEnrolment(enrolment.id, now)
  })
}
