import type { AssessmentAnswers } from '../../core/assessment/assessment.ts'
import { scoreAssessment } from '../../core/assessment/score-assessment.ts'
import { applyCheckInRules } from '../../core/course/check-in.ts'
import type { Answers } from '../../core/course/course.ts'
import { checkInDay } from '../enrolment/check-ins.ts'
import { addRestrictions } from '../enrolment/restrictions.ts'
import type { Ports } from '../ports/ports.ts'
import type { CheckInView, RecheckResult } from '../views.ts'
import { findOpenDay, type OpenDay } from './find-open-day.ts'
import { readAnswersOfDay } from './readable-answers.ts'

/** Where check-ins begin to be compared: the sliders of the first day. */
const START = 1

/** What a check-in's page has beside its exercise. Without a session nothing is compared. */
export async function viewCheckIn(ports: Ports, open: OpenDay): Promise<CheckInView> {
  const resources = ports.courses.resourcesOf(open.course.name)
  const week = open.checkIn?.week ?? 0
  const { session } = open.viewer
  const history: (Answers | null)[] = []
  if (session !== null) {
    const days = [START, ...resources.checkIns.map((checkIn) => checkInDay(open.course, checkIn.week))]
    for (const day of days.filter((one) => one <= open.day)) {
      const answers = await readAnswersOfDay(ports, ports.store, open.enrolment, day, session)
      history.push(Object.keys(answers).length === 0 ? null : answers)
    }
  }
  // Only once this week is answered: what an earlier week showed was said then.
  const answered = history.length > 1 && history.at(-1) !== null
  const asked = open.checkIn?.ask ?? []
  return {
    week,
    weeks: resources.checkIns.length,
    questions: asked.flatMap((id) => resources.assessment?.questions.find((question) => question.id === id) ?? []),
    says: answered ? applyCheckInRules(resources.checkInRules, history) : [],
  }
}

/**
 * Questions of the assessment answered once more in a check-in. The answers are read, and nothing of them is kept but
 * what must no longer be offered: they only add to what is held back. Fails with `bad-link`, `gone` or `not-yet`.
 */
export async function askAgain(
  ports: Ports,
  token: string,
  session: string | null,
  given: AssessmentAnswers,
): Promise<RecheckResult | null> {
  const open = await findOpenDay(ports, token, session)
  const { assessment } = ports.courses.resourcesOf(open.course.name)
  const { checkIn } = open
  if (!assessment || !checkIn) return null
  const answers = Object.fromEntries(
    Object.entries(given).filter(([id, answer]) => checkIn.ask.includes(id) && answer.length > 0),
  )
  const result = scoreAssessment(assessment, answers)
  await ports.store.transaction((unit) => addRestrictions(ports, unit, open.enrolment, result))
  return { course: open.course, discreet: open.enrolment.discreet, token, result }
}
