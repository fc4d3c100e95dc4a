import type { Access, AskAgain, Assessment, AssessmentResult, Feature } from './assessment.ts'
import { ACCESS, FEATURES } from './assessment.ts'
import { COMMON, type Variant } from './course.ts'

/**
 * What is kept of a learner's start, sealed: the form of the course, what the course holds back, and the plan to be mailed.
 * Never an answer, and never a route's name.
 */
export interface StartingPoint {
  /** The form of the course this learner reads from now on. */
  readonly variant: Variant
  readonly holds: readonly Hold[]
  /** To be put into a mail; only ever a plan that no safety answer shaped. */
  readonly plan: Plan | null
  /** The day whose mail carries the plan; null until the first one is planned. */
  readonly planDay: number | null
}

/** What one route holds back, and which question may lift it. */
export interface Hold {
  readonly access: Access
  readonly off: readonly Feature[]
  readonly again: { readonly question: string; readonly at: number | null; readonly checkIn: number | null } | null
}

export interface Plan {
  readonly line: string
  readonly steps: readonly string[]
}

export const NO_STARTING_POINT: StartingPoint = { variant: COMMON, holds: [], plan: null, planDay: null }

/** Every packed starting point has this many bytes, so that the size of what is stored tells nothing. */
const PACKED_BYTES = 2048
const DAY_MS = 86_400_000

/** `now` in ms UTC: what is asked again so many days later is asked from then on. `mailPlan`: the person wants it by mail. */
export function startingPointOf(result: AssessmentResult, now: number, mailPlan: boolean): StartingPoint {
  const holds = result.routes
    .filter((route) => route.access !== 'open' || route.off.length > 0 || route.askAgain !== null)
    .map((route) => ({ access: route.access, off: route.off, again: againOf(route.askAgain, now) }))
  const plan = mailPlan && result.mailable && result.plan.length > 0 ? { line: result.line, steps: result.plan } : null
  const { track, overlays } = result
  return { variant: { track, overlays }, holds, plan, planDay: null }
}

/** The strictest access of all holds. */
export function accessOf({ holds }: StartingPoint): Access {
  return ACCESS[Math.max(0, ...holds.map(({ access }) => ACCESS.indexOf(access)))] ?? 'open'
}

/** Everything that any hold switches off. */
export function offOf({ holds }: StartingPoint): readonly Feature[] {
  return FEATURES.filter((feature) => holds.some(({ off }) => off.includes(feature)))
}

/** Questions to ask again at this instant (ms UTC), or in the check-in of this week. */
export function questionsDue(start: StartingPoint, when: { now: number } | { checkIn: number }): readonly string[] {
  const due = start.holds.filter(({ again }) => {
    if (again === null) return false
    return 'now' in when ? again.at !== null && again.at <= when.now : again.checkIn === when.checkIn
  })
  return [...new Set(due.flatMap(({ again }) => again?.question ?? []))]
}

/** After a question was answered again: what it held back gives way to what the new answer holds back. */
export function answeredAgain(start: StartingPoint, question: string, fresh: StartingPoint): StartingPoint {
  return { ...start, holds: [...start.holds.filter(({ again }) => again?.question !== question), ...fresh.holds] }
}

/** Whether a question of the assessment may be asked again alone: some route says so. */
export function canBeAskedAgain(assessment: Assessment, question: string): boolean {
  return assessment.routes.some(({ askAgain }) => askAgain?.question === question)
}

/** As text of one size whatever is in it. A plan that would not fit is left out. */
export function packStartingPoint(start: StartingPoint): string {
  const text = JSON.stringify(start)
  const bytes = Buffer.byteLength(text)
  if (bytes > PACKED_BYTES && start.plan !== null) return packStartingPoint({ ...start, plan: null })
  return text + ' '.repeat(Math.max(0, PACKED_BYTES - bytes))
}

/** Reads what `packStartingPoint` wrote, now or before the form of the course was part of it. */
export function unpackStartingPoint(text: string): StartingPoint {
  return { ...NO_STARTING_POINT, ...(JSON.parse(text) as Partial<StartingPoint>) }
}

function againOf(again: AskAgain | null, now: number): Hold['again'] {
  if (again === null) return null
  const { question, days, checkIn } = again
  return { question, at: days === null ? null : now + days * DAY_MS, checkIn }
}
