import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { applyCheckInRules, type CheckInRule } from '../../../src/core/course/check-in.ts'
import type { Answers } from '../../../src/core/course/fields/field-definition.ts'

const RULES: CheckInRule[] = [
  { kind: 'worse', down: ['sleep', 'calm'], up: ['alone'], by: 3, weeks: 2, say: 'worse' },
  { kind: 'none', fields: ['effort', 'effort-shown'], weeks: 3, say: 'none' },
]
const at = (sleep: number, calm: number, alone: number): Answers => ({ sleep, calm, alone })

test.each<[string, (Answers | null)[], string[]]>([
  ['two worse weeks in a row speak', [at(8, 8, 2), at(6, 8, 3), at(5, 7, 4)], ['worse']],
  ['one worse week does not', [at(8, 8, 2), at(5, 8, 2)], []],
  ['two small steps down do not', [at(8, 8, 2), at(7, 8, 2), at(6, 8, 2)], []],
  ['a better week between breaks the row', [at(8, 8, 2), at(4, 8, 2), at(8, 8, 2), at(4, 8, 2)], []],
  ['an earlier fall is not told again', [at(9, 9, 0), at(6, 9, 0), at(3, 9, 0), at(3, 9, 0)], []],
  ['a missed week is passed over', [at(8, 8, 2), at(5, 8, 2), null, at(2, 8, 2)], ['worse']],
  ['a slider left alone counts as no answer', [at(8, 8, 2), at(5, 8, 2), { sleep: 0, calm: 0 }], []],
  ['no effort for three weeks speaks', [{}, { effort: 0 }, { effort: 0 }, { effort: 0 }], ['none']],
  ['no effort for two does not', [{}, { effort: 0 }, { effort: 0 }], []],
  ['some effort in the last week is heard', [{ effort: 0 }, { effort: 0 }, { effort: 1 }], []],
  [
    'effort shown counts as effort seen',
    [{ 'effort-shown': 0 }, { 'effort-shown': 0 }, { 'effort-shown': 0 }],
    ['none'],
  ],
  ['nothing answered, nothing said', [null, null, {}, null], []],
])('%s', (_name, history, said) => {
  expect(applyCheckInRules(RULES, history)).toEqual(said)
})

test('a still worse last week never silences a rule', () => {
  const value = fc.integer({ min: 0, max: 10 })
  const week = fc.record({ sleep: value, calm: value, alone: value })
  fc.assert(
    fc.property(fc.array(week, { minLength: 1, maxLength: 4 }), week, fc.nat(5), (before, last, drop) => {
      const worse = { ...last, sleep: Math.max(0, last.sleep - drop), alone: Math.min(10, last.alone + drop) }
      const said = applyCheckInRules(RULES, [...before, last])
      expect(applyCheckInRules(RULES, [...before, worse])).toEqual(expect.arrayContaining(said))
    }),
  )
})
