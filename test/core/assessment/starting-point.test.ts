import { expect, test } from '@jest/globals'
import { ACCESS, FEATURES } from '../../../src/core/assessment/assessment.ts'
import {
  accessOf,
  disabledFeatures,
  isRestricted,
  liftRestrictionsFrom,
  NO_STARTING_POINT,
  packStartingPoint,
  type RestrictionSpan,
  type StartingPoint,
  unpackStartingPoint,
  withRestrictions,
} from '../../../src/core/assessment/starting-point.ts'

const VARIANT = { track: 'walk', overlays: ['light', 'gentle'] }
const HOLD = { access: 'open', off: ['letters'], until: null } as const
const PLAN = { line: 'A line', steps: ['One', 'Two'] }

test.each([
  ['nothing', NO_STARTING_POINT],
  ['a form', { ...NO_STARTING_POINT, variant: VARIANT }],
  ['all of it', { variant: VARIANT, holds: [HOLD], plan: PLAN, planDay: 3 }],
])('with %s has the fixed size when packed, and unpacks unchanged', (_, start) => {
  const packed = packStartingPoint(start)
  expect(Buffer.byteLength(packed)).toBe(2048)
  expect(unpackStartingPoint(packed)).toEqual(start)
})

test('packed without a variant unpacks with the common variant', () => {
  const asked = { access: 'open', off: ['letters'], again: { question: 'own-harm', at: 5, checkIn: null } }
  const before = JSON.stringify({ holds: [asked], plan: PLAN, planDay: null }).padEnd(2048)
  expect(unpackStartingPoint(before)).toEqual({
    variant: { track: null, overlays: [] },
    holds: [HOLD],
    plan: PLAN,
    planDay: null,
  })
})

test('leaves out a plan that does not fit, and nothing else', () => {
  const start = { variant: VARIANT, holds: [HOLD], plan: { line: 'é'.repeat(1_000), steps: [] }, planDay: 1 }
  const packed = packStartingPoint(start)
  expect(Buffer.byteLength(packed)).toBe(2048)
  expect(unpackStartingPoint(packed)).toEqual({ ...start, plan: null })
})

/** Every possible restriction. */
const EVERY: readonly RestrictionSpan[] = ACCESS.flatMap((access) =>
  Array.from({ length: 2 ** FEATURES.length }, (_, bits) => ({
    access,
    off: FEATURES.filter((_feature, index) => (bits >> index) % 2 === 1),
    until: 8_640_000_000_000_000,
  })),
)

test('the size is constant and no restriction is lost, however many there are and however often they repeat', () => {
  let start: StartingPoint = { ...NO_STARTING_POINT, variant: { track: 'x'.repeat(60), overlays: ['y'.repeat(60)] } }
  for (let again = 0; again < 50; again += 1)
    start = withRestrictions(liftRestrictionsFrom(start, 1_000 + again), EVERY)
  const packed = packStartingPoint(start)
  expect(Buffer.byteLength(packed)).toBe(2048)
  const opened = unpackStartingPoint(packed)
  expect([accessOf(opened, 0), disabledFeatures(opened, 0)]).toEqual(['paused', FEATURES])
})

test('a restriction is in force until it is lifted, and an added one stays', () => {
  const held = withRestrictions(NO_STARTING_POINT, [HOLD])
  const lifted = liftRestrictionsFrom(held, 1_000)
  expect([isRestricted(held, 5_000), isRestricted(lifted, 999), isRestricted(lifted, 1_000)]).toEqual([
    true,
    true,
    false,
  ])
  // Lifting it again does not change its end.
  expect(isRestricted(liftRestrictionsFrom(lifted, 2_000), 1_500)).toBe(false)
  expect(isRestricted(withRestrictions(lifted, [HOLD]), 5_000)).toBe(true)
  expect(isRestricted(withRestrictions(NO_STARTING_POINT, [{ access: 'open', off: [] }]), 0)).toBe(false)
})
