import { COMMON_VARIANT, type Variant } from '../model.ts'
import type { Access, AssessmentResult, Feature } from './assessment.ts'
import { ACCESS, FEATURES } from './assessment.ts'

/**
 * What is stored (encrypted) of a learner's assessment: the variant of the course, its restrictions, and the plan to
 * email. Never answers or names of routes.
 */
export interface StartingPoint {
  /** The variant of the course this learner gets from now on. */
  readonly variant: Variant
  readonly holds: readonly RestrictionSpan[]
  /** The plan to email; never one that a safety answer affected. */
  readonly plan: Plan | null
  /** The day whose email has the plan; null until that day is planned. */
  readonly planDay: number | null
}

/** The restrictions of one route. */
export interface RestrictionSpan {
  readonly access: Access
  readonly off: readonly Feature[]
  /** When it was lifted (ms UTC); days sent before keep their form. Missing or null: still in force. */
  readonly until?: number | null
}

export interface Plan {
  readonly line: string
  readonly steps: readonly string[]
}

export const NO_STARTING_POINT: StartingPoint = { variant: COMMON_VARIANT, holds: [], plan: null, planDay: null }

/** Packed starting points all have this size, so that the stored size reveals nothing. */
const PACKED_BYTES = 2048

/** `mailPlan`: whether the learner asked for the plan by email. */
export function startingPointOf(result: AssessmentResult, mailPlan: boolean): StartingPoint {
  const holds = result.routes
    .filter(({ access, off }) => access !== 'open' || off.length > 0)
    .map(({ access, off }) => ({ access, off, until: null }))
  const plan = mailPlan && result.mailable && result.plan.length > 0 ? { line: result.line, steps: result.plan } : null
  const { track, overlays } = result
  return { variant: { track, overlays }, holds: distinct(holds), plan, planDay: null }
}

/** The strictest access of all restrictions in force at this time (ms UTC). */
export function accessOf(start: StartingPoint, at: number): Access {
  return ACCESS[Math.max(0, ...inForce(start, at).map(({ access }) => ACCESS.indexOf(access)))] ?? 'open'
}

/** All features disabled by the restrictions in force at this time (ms UTC). */
export function disabledFeatures(start: StartingPoint, at: number): readonly Feature[] {
  const holds = inForce(start, at)
  return FEATURES.filter((feature) => holds.some(({ off }) => off.includes(feature)))
}

/** Whether any restriction is in force at this time (ms UTC). */
export function isRestricted(start: StartingPoint, at: number): boolean {
  return accessOf(start, at) !== 'open' || disabledFeatures(start, at).length > 0
}

/** Adds restrictions; existing ones stay. */
export function withRestrictions(start: StartingPoint, holds: readonly RestrictionSpan[]): StartingPoint {
  return { ...start, holds: distinct([...start.holds, ...holds]) }
}

/** Lifts all restrictions from this time on (ms UTC). Those lifted earlier keep their time. */
export function liftRestrictionsFrom(start: StartingPoint, until: number): StartingPoint {
  return { ...start, holds: start.holds.map((hold) => ({ ...hold, until: hold.until ?? until })) }
}

/**
 * Serialises to a fixed size. To fit, the plan is left out first, then the restrictions are merged into the strictest.
 */
export function packStartingPoint(start: StartingPoint): string {
  const text = JSON.stringify(start)
  const bytes = Buffer.byteLength(text)
  if (bytes > PACKED_BYTES && start.plan !== null) return packStartingPoint({ ...start, plan: null })
  if (bytes > PACKED_BYTES && start.holds.length > 1)
    return packStartingPoint({ ...start, holds: [strictest(start.holds)] })
  return text + ' '.repeat(Math.max(0, PACKED_BYTES - bytes))
}

/** Parses the output of `packStartingPoint`, including that of versions without `variant`. */
export function unpackStartingPoint(text: string): StartingPoint {
  const start = { ...NO_STARTING_POINT, ...(JSON.parse(text) as Partial<StartingPoint>) }
  return { ...start, holds: distinct(start.holds) }
}

function inForce({ holds }: StartingPoint, at: number): readonly RestrictionSpan[] {
  return holds.filter(({ until }) => until === undefined || until === null || at < until)
}

/** The union of these restrictions, without an end. */
function strictest(holds: readonly RestrictionSpan[]): RestrictionSpan {
  const access = ACCESS[Math.max(...holds.map((hold) => ACCESS.indexOf(hold.access)))] ?? 'paused'
  return { access, off: FEATURES.filter((feature) => holds.some(({ off }) => off.includes(feature))), until: null }
}

/**
 * Removes duplicates and keeps the longest of each, so that the number stays bounded however often somebody answers.
 */
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
