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

/** The day whose sliders the check-ins are compared with. */
const START = 1

/**
 * The parts of a check-in page other than its exercise. `answers`: those of the same day. Without a session, nothing is
 * compared.
 */
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
  // Only after this week was answered, because what earlier weeks led to was shown at the time.
  const answered = history.length > 1 && history.at(-1) !== null
  return {
    week: checkIn.week,
    weeks: resources.checkIns.length,
    questions: checkIn.ask.flatMap((id) => resources.assessment?.questions.find((one) => one.id === id) ?? []),
    says: answered ? applyCheckInRules(resources.checkInRules, history) : [],
  }
}

/**
 * Processes assessment questions that are asked again in a check-in. The answers can only add restrictions, and nothing
 * but those restrictions is stored. Returns null if there are no questions.
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
