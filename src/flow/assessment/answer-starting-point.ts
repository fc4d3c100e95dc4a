import { type Assessment, type AssessmentAnswers, PREFER_NOT } from '../../core/assessment/assessment.ts'
import { scoreAssessment, shownQuestions } from '../../core/assessment/score-assessment.ts'
import { liftRestrictionsFrom, startingPointOf, withRestrictions } from '../../core/assessment/starting-point.ts'
import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import { LINKS } from '../../core/security/links.ts'
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
  /** Answers will shape the course: this browser holds a fresh own session. */
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

/** What answering did, for the page that shows the outcome. */
export interface StartApplied {
  readonly state: Enrolment['state']
  /** The form of the course follows the answers from the next lesson on. */
  readonly shaped: boolean
  /** Everything was answered, so that what was held back before is looked at anew from the learner's next day on. */
  readonly whole: boolean
}

/**
 * Lets the answers shape what is still to come. They are scored and forgotten. In a fresh own session track and overlays
 * follow them at once, and where the whole assessment was answered the restrictions from the learner's next local day on;
 * days sent before keep their form. Anyone else who holds the link can only add restrictions.
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
    // Only safety questions answered: nothing was said about the form of the course.
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

/** Every question that was shown has an answer, and none about safety was passed over. */
function isWhole(assessment: Assessment, answers: AssessmentAnswers): boolean {
  return shownQuestions(assessment, answers).every(({ id, safety }) => {
    const given = [answers[id] ?? []].flat()
    return given.length > 0 && !(safety && given.includes(PREFER_NOT))
  })
}

function assessmentOf(ports: Pick<Ports, 'courses'>, course: Course): Assessment {
  const { assessment } = ports.courses.resourcesOf(course.name)
  if (assessment === null) throw new AppError('not-found', 'There is no page at this address.')
  return assessment
}
