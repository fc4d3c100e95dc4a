import type { AssessmentAnswers } from '../../core/assessment/assessment.ts'
import { scoreAssessment } from '../../core/assessment/score-assessment.ts'
import { applyCheckInRules, type CheckIn } from '../../core/course/check-in.ts'
import type { Answers } from '../../core/course/fields/field-definition.ts'
import { checkInDay } from '../enrolment/check-ins.ts'
import { addRestrictions } from '../enrolment/restrictions.ts'
import type { Ports } from '../ports/ports.ts'
import type { CheckInView, RecheckResult } from '../views.ts'
import type { OpenDay } from './find-open-day.ts'
import { readAnswersOfDay } from './readable-answers.ts'

/** Where check-ins begin to be compared: the sliders of the first day. */
const START = 1

/** What a check-in's page has beside its exercise. `answers`: those of its own day. Without a session nothing is compared. */
export async function viewCheckIn(
  ports: Pick<Ports, 'store'>,
  { course, day, enrolment, resources, sealer, viewer }: OpenDay,
  checkIn: CheckIn,
  answers: Answers,
): Promise<CheckInView> {
  const history: (Answers | null)[] = []
  if (viewer.session !== null) {
    const source = { sealer, answers: ports.store.answers }
    const days = [START, ...resources.checkIns.map(({ week }) => checkInDay(course, week))]
    for (const one of days.filter((earlier) => earlier <= day)) {
      const given = one === day ? answers : await readAnswersOfDay(source, enrolment.id, one, viewer.session)
      history.push(Object.keys(given).length === 0 ? null : given)
    }
  }
  // Only once this week is answered: what an earlier week showed was said then.
  const answered = history.length > 1 && history.at(-1) !== null
  return {
    week: checkIn.week,
    weeks: resources.checkIns.length,
    questions: checkIn.ask.flatMap((id) => resources.assessment?.questions.find((one) => one.id === id) ?? []),
    says: answered ? applyCheckInRules(resources.checkInRules, history) : [],
  }
}

/**
 * Questions of the assessment answered once more in a check-in. The answers are read, and nothing of them is kept but
 * what must no longer be offered: they only add to what is held back. Null where nothing is asked.
 */
export async function askAgain(
  ports: Pick<Ports, 'clock' | 'store' | 'keys' | 'sealer'>,
  open: OpenDay,
  given: AssessmentAnswers,
): Promise<RecheckResult | null> {
  const { course, enrolment, token, checkIn, resources } = open
  if (resources.assessment === null || checkIn === null) return null
  const answers = Object.fromEntries(
    Object.entries(given).filter(([id, answer]) => checkIn.ask.includes(id) && answer.length > 0),
  )
  const result = scoreAssessment(resources.assessment, answers)
  await ports.store.transaction((unit) => addRestrictions(ports, unit, enrolment, result))
  return { course, discreet: enrolment.discreet, token, result }
}
