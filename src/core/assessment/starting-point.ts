import { COMMON_VARIANT, type Variant } from '../model.ts'
import type { Access, AssessmentResult, Feature } from './assessment.ts'
import { ACCESS, FEATURES } from './assessment.ts'

/**
 * What is kept of a learner's start, sealed: the form of the course, what the course holds back, and the plan to be mailed.
 * Never an answer, and never a route's name.
 */
export interface StartingPoint {
  /** The form of the course this learner reads from now on. */
  readonly variant: Variant
  readonly holds: readonly RestrictionSpan[]
  /** To be put into a mail; only ever a plan that no safety answer shaped. */
  readonly plan: Plan | null
  /** The day whose mail carries the plan; null until the first one is planned. */
  readonly planDay: number | null
}

/** A restriction: what one route holds back. */
export interface RestrictionSpan {
  readonly access: Access
  readonly off: readonly Feature[]
  /** It was lifted from this instant on (ms, UTC): days sent before keep their form. Absent or null: it is in force. */
  readonly until?: number | null
}

export interface Plan {
  readonly line: string
  readonly steps: readonly string[]
}

export const NO_STARTING_POINT: StartingPoint = { variant: COMMON_VARIANT, holds: [], plan: null, planDay: null }

/** Every packed starting point has this many bytes, so that the size of what is stored tells nothing. */
const PACKED_BYTES = 2048

/** `mailPlan`: the person wants the plan by mail. */
export function startingPointOf(result: AssessmentResult, mailPlan: boolean): StartingPoint {
  const holds = result.routes
    .filter(({ access, off }) => access !== 'open' || off.length > 0)
    .map(({ access, off }) => ({ access, off, until: null }))
  const plan = mailPlan && result.mailable && result.plan.length > 0 ? { line: result.line, steps: result.plan } : null
  const { track, overlays } = result
  return { variant: { track, overlays }, holds: distinct(holds), plan, planDay: null }
}

/** The strictest access of all holds in force at this instant (ms, UTC). */
export function accessOf(start: StartingPoint, at: number): Access {
  return ACCESS[Math.max(0, ...inForce(start, at).map(({ access }) => ACCESS.indexOf(access)))] ?? 'open'
}

/** Everything that any hold in force at this instant (ms, UTC) switches off. */
export function disabledFeatures(start: StartingPoint, at: number): readonly Feature[] {
  const holds = inForce(start, at)
  return FEATURES.filter((feature) => holds.some(({ off }) => off.includes(feature)))
}

/** Whether anything of the course is held back at this instant (ms, UTC). */
export function isRestricted(start: StartingPoint, at: number): boolean {
  return accessOf(start, at) !== 'open' || disabledFeatures(start, at).length > 0
}

/** With what these answers hold back on top. Nothing that was held back before gives way. */
export function withRestrictions(start: StartingPoint, holds: readonly RestrictionSpan[]): StartingPoint {
  return { ...start, holds: distinct([...start.holds, ...holds]) }
}

/** What is held back now gives way from this instant on (ms, UTC). What was lifted before stays as it is. */
export function liftRestrictionsFrom(start: StartingPoint, until: number): StartingPoint {
  return { ...start, holds: start.holds.map((hold) => ({ ...hold, until: hold.until ?? until })) }
}

/** As text of one size whatever is in it. A plan that would not fit is left out, and so many holds become one. */
export function packStartingPoint(start: StartingPoint): string {
  const text = JSON.stringify(start)
  const bytes = Buffer.byteLength(text)
  if (bytes > PACKED_BYTES && start.plan !== null) return packStartingPoint({ ...start, plan: null })
  if (bytes > PACKED_BYTES && start.holds.length > 1)
    return packStartingPoint({ ...start, holds: [strictest(start.holds)] })
  return text + ' '.repeat(Math.max(0, PACKED_BYTES - bytes))
}

/** Reads what `packStartingPoint` wrote, now or before the form of the course was part of it. */
export function unpackStartingPoint(text: string): StartingPoint {
  const start = { ...NO_STARTING_POINT, ...(JSON.parse(text) as Partial<StartingPoint>) }
  return { ...start, holds: distinct(start.holds) }
}

function inForce({ holds }: StartingPoint, at: number): readonly RestrictionSpan[] {
  return holds.filter(({ until }) => until === undefined || until === null || at < until)
}

/** All that any of them holds back, for as long as anybody may know. */
function strictest(holds: readonly RestrictionSpan[]): RestrictionSpan {
  const access = ACCESS[Math.max(...holds.map((hold) => ACCESS.indexOf(hold.access)))] ?? 'paused'
  return { access, off: FEATURES.filter((feature) => holds.some(({ off }) => off.includes(feature))), until: null }
}

/** Each restriction once, as long as any of its like lasts: however often questions are answered, there are only so many. */
function distinct(holds: readonly RestrictionSpan[]): readonly RestrictionSpan[] {
  const byWhat = new Map<string, RestrictionSpan>()
  for (const { access, off, until = null } of holds) {
    if (access === 'open' && off.length === 0) continue
    const features = FEATURES.filter((feature) => off.includes(feature))
    const key = `${access} ${features.join(' ')}`
    const before = byWhat.get(key)
    const lasting =
      before === undefined ? until : before.until == null || until === null ? null : Math.max(before.until, until)
    byWhat.set(key, { access, off: features, until: lasting })
  }
  return [...byWhat.values()]
}
