import { expect, test } from '@jest/globals'
import { NO_STARTING_POINT, packStartingPoint, unpackStartingPoint } from '../../src/core/starting-point.ts'

const VARIANT = { track: 'walk', overlays: ['light', 'gentle'] }
const HOLD = { access: 'open', off: ['letters'], again: null } as const
const PLAN = { line: 'A line', steps: ['One', 'Two'] }

test.each([
  ['nothing', NO_STARTING_POINT],
  ['a form', { ...NO_STARTING_POINT, variant: VARIANT }],
  ['all of it', { variant: VARIANT, holds: [HOLD], plan: PLAN, planDay: 3 }],
])('with %s, packed, has the one size and opens to what it was', (_, start) => {
  const packed = packStartingPoint(start)
  expect(Buffer.byteLength(packed)).toBe(2048)
  expect(unpackStartingPoint(packed)).toEqual(start)
})

test('packed before the form was part of it, opens with the common form', () => {
  const before = JSON.stringify({ holds: [HOLD], plan: PLAN, planDay: null }).padEnd(2048)
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
