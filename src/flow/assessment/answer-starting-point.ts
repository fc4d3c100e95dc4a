import { type Assessment, type AssessmentAnswers, PREFER_NOT } from '../../core/assessment/assessment.ts'
import { scoreAssessment, shownQuestions } from '../../core/assessment/score-assessment.ts'
import { liftRestrictionsFrom, startingPointOf, withRestrictions } from '../../core/assessment/starting-point.ts'
import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import { LINKS } from '../../core/security/links.ts'
import { phrase } from '../../core/words.ts'
import { addRestrictions, applyRestrictions } from '../enrolment/restrictions.ts'
import { keepStartingPoint, startingPointOfEnrolment } from '../enrolment/starting-point.ts'
import { findForViewer } from '../enrolment/viewer.ts'
import { findEnrolment } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'

export interface StartView {
  readonly course: Course
  readonly discreet: boolean
  readonly stopToken: string
  readonly state: Enrolment['state']
  readonly webOnly: boolean
  /** Whether the answers will change the course, because this browser has a fresh own session. */
  readonly shapes: boolean
}

/** The self-assessment behind a lesson link. Changes nothing. Fails with `bad-link` or `gone`. */
export async function viewStart(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer'>,
  token: string,
  session: string | null,
): Promise<StartView> {
  const { enrolment, course, viewer } = await findForViewer(ports, token, session)
  return {
    course,
    discreet: enrolment.discreet,
    stopToken: LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }),
    state: enrolment.state,
    webOnly: enrolment.webOnly,
    shapes: viewer.isFresh,
  }
}

/** The effect of the answers, for the outcome page. */
export interface StartApplied {
  readonly state: Enrolment['state']
  /** Whether the variant of the course follows the answers from the next lesson on. */
  readonly shaped: boolean
  /** Whether everything was answered, so that restrictions are assessed again from the learner's next day on. */
  readonly whole: boolean
}

/**
 * Applies the answers to the rest of the course. They are scored and not stored. In a fresh own session, track and
 * overlays follow the answers at once, and if the whole assessment was answered, so do the restrictions, from the
 * learner's next local day on. Days already sent stay as they are. Without a fresh own session, answers can only add
 * restrictions.
 */
export async function applyStartingPoint(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer'>,
  token: string,
  session: string | null,
  answers: AssessmentAnswers,
): Promise<StartApplied> {
  const { enrolment, course, viewer } = await findForViewer(ports, token, session)
  const assessment = assessmentOf(ports, course)
  const result = scoreAssessment(assessment, answers)
  const whole = viewer.isFresh && isWhole(assessment, answers)
  await ports.store.transaction(async (unit) => {
    if (!viewer.isFresh) return addRestrictions(ports, unit, enrolment, result)
    const before = await startingPointOfEnrolment(ports, unit, enrolment)
    // If only safety questions were answered, the answers say nothing about the variant.
    const saysForm = result.track !== null || result.overlays.length > 0
    const variant = saysForm
      ? { track: result.track ?? before.variant.track, overlays: result.overlays }
      : before.variant
    const fresh = startingPointOf(result, false)
    const nextDay = ports.calendar.localDayWindow(enrolment, ports.clock.now()).end
    const kept = withRestrictions(whole ? liftRestrictionsFrom(before, nextDay) : before, fresh.holds)
    await keepStartingPoint(ports, unit, enrolment, { ...kept, variant, plan: result.mailable ? before.plan : null })
    await applyRestrictions(ports, unit, enrolment, fresh)
  })
  const { state } = (await findEnrolment(ports, enrolment.id)).enrolment
  return { state, shaped: viewer.isFresh, whole }
}

/** Whether every question that was shown has an answer, and no safety question was skipped. */
function isWhole(assessment: Assessment, answers: AssessmentAnswers): boolean {
  return shownQuestions(assessment, answers).every(({ id, safety }) => {
    const given = [answers[id] ?? []].flat()
    return given.length > 0 && !(safety && given.includes(PREFER_NOT))
  })
}

function assessmentOf(ports: Pick<Ports, 'courses'>, course: Course): Assessment {
  const { assessment } = ports.courses.resourcesOf(course.name, course.language)
  if (assessment === null) throw new AppError('not-found', phrase('errors.no-page'))
  return assessment
}
