import { expect, test } from '@jest/globals'
import type { Exercise } from '../../../src/core/course/course.ts'
import { mayShare } from '../../../src/core/exercise/can-share.ts'
import { COMMON_VARIANT } from '../../../src/core/model.ts'

const letter: Exercise = {
  title: 'A letter',
  intro: '',
  minutes: 10,
  timer: null,
  mood: false,
  print: true,
  letter: true,
  noShare: ['gentle', 'steady'],
  fields: [],
  complete: { full: [], small: [] },
}

test.each([
  ['the common form', letter, COMMON_VARIANT, [], true],
  ['another track', letter, { track: 'mend', overlays: ['lighter'] }, [], true],
  ['a track that never shares', letter, { track: 'steady', overlays: [] }, [], false],
  ['an overlay that never shares', letter, { track: 'mend', overlays: ['gentle'] }, [], false],
  ['sharing held back', letter, COMMON_VARIANT, ['sharing'], false],
  ['letters held back', letter, COMMON_VARIANT, ['letters'], false],
  ['something else held back', letter, COMMON_VARIANT, ['sheets'], true],
  ['an exercise that is no letter', { ...letter, letter: false }, COMMON_VARIANT, [], false],
] as const)('with %s', (_, exercise, variant, off, allowed) => {
  expect(mayShare(exercise, variant, off)).toBe(allowed)
})
