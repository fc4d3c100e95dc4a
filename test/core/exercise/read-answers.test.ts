import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Field } from '../../../src/core/course/fields/field-types.ts'
import { readAnswers } from '../../../src/core/exercise/read-answers.ts'
import { parsed } from '../course/small-course.ts'
import { ENGLISH } from '../language/sample-words.ts'

const fields: Field[] = parsed().lessons.flatMap(({ exercise }) => exercise.fields)

function answersOf(body: Record<string, unknown>) {
  return readAnswers(fields, body).answers
}

describe('the answers of a form', () => {
  test('take values that have no plain form as none, or tell of them', () => {
    const odd = { toString: 1, valueOf: 1 }
    for (const { id } of fields)
      for (const value of [odd, [odd], null, true])
        expect(() => readAnswers(fields, { [`f.${id}`]: value, [`v.${id}`]: value })).not.toThrow()
    expect(readAnswers(fields, { 'f.line': 'a', 'v.line': odd }).base).toEqual({ line: 0 })
  })

  test('are read by the kind of each field, as a form and as JSON', () => {
    const expected = {
      sleep: 7,
      basics: ['eat', 'walk'],
      line: 'Kind words',
      letter: 'Dear you,\n\nyes.',
      side: 'left',
      sort: { tea: 'hot', ice: 'cold' },
      plan: { when: 'it rains' },
      day: '2028-02-29',
      hour: '18:30',
      again: { sleep: '0', rest: '10' },
    }
    const form = {
      'f.sleep': '7',
      'f.basics': ['', 'walk', 'eat'],
      'f.line': 'Kind words',
      'f.letter': 'Dear you,\r\n\r\nyes.',
      'f.side': 'left',
      'f.sort.tea': 'hot',
      'f.sort.ice': 'cold',
      'f.plan.when': 'it rains',
      'f.plan.do': '',
      'f.day': '2028-02-29',
      'f.hour': '18:30',
      'f.again.sleep': '0',
      'f.again.rest': '10',
    }
    expect(readAnswers(fields, form)).toMatchObject({ answers: expected, errors: {} })
    expect(answersOf(form)).toEqual(expected)
    expect(answersOf({ ...form, 'f.sleep': 7, 'f.again.sleep': 0, 'f.basics': ['eat', 'walk'] })).toEqual(expected)
  })

  test('come with the versions the page had, and nought for none', () => {
    const { base } = readAnswers(fields, { 'f.line': 'x', 'v.line': '3', 'f.sleep': '1', 'f.day': '', 'v.day': 'x' })
    expect(base).toEqual({ line: 3, sleep: 0, day: 0 })
  })

  test('leave a field without a key untouched', () => {
    expect(readAnswers(fields, { 'v.line': '3', 'v.sleep': '1' })).toEqual({ answers: {}, base: {}, errors: {} })
  })

  test('know a checklist with nothing ticked from one that was not shown', () => {
    expect(answersOf({ 'f.basics': '' })).toEqual({ basics: [] })
    expect(answersOf({ 'v.basics': '2' })).toEqual({ basics: [] })
    expect(answersOf({ 'f.basics': [] })).toEqual({ basics: [] })
    expect(answersOf({})).toEqual({})
  })

  test('can be emptied again', () => {
    expect(answersOf({ 'f.line': '', 'f.side': '', 'f.day': '', 'f.hour': '', 'f.sort.tea': '' })).toEqual({
      line: '',
      side: '',
      day: '',
      hour: '',
      sort: {},
    })
  })

  test('ignore whatever belongs to no field', () => {
    expect(
      answersOf({ 'f.other': 'x', 'f.aside': 'x', effort: 'full', 'f.sort.stone': 'hot', __proto__: 'x' }),
    ).toEqual({})
  })

  test('take a text of the longest length, counted after line ends are made one character', () => {
    expect(answersOf({ 'f.line': 'x'.repeat(20) }).line).toHaveLength(20)
    expect(answersOf({ 'f.letter': '\r\n'.repeat(10_000) }).letter).toHaveLength(10_000)
  })

  test('lose control characters, and line breaks where there is one line', () => {
    expect(answersOf({ 'f.line': 'a\u0000b\u0007\r\nc', 'f.letter': 'a\u0000\tb\ud800' })).toEqual({
      line: 'ab c',
      letter: 'a\tb\ufffd',
    })
  })

  test.each([
    ['line', { 'f.line': 'x'.repeat(21) }, 'This is 1 character too long: up to 20 fit here.'],
    ['line', { 'f.line': ['a', 'b'] }, 'Please write this as text.'],
    ['line', { 'f.line': { a: 1 } }, 'Please write this as text.'],
    ['line', { 'f.line': null }, 'Please write this as text.'],
    ['sleep', { 'f.sleep': '11' }, 'Please choose a whole number from 0 to 10.'],
    ['sleep', { 'f.sleep': 1.5 }, 'Please choose a whole number from 0 to 10.'],
    ['sleep', { 'f.sleep': '1e1' }, 'Please choose a whole number from 0 to 10.'],
    ['sleep', { 'f.sleep': ['1', '2'] }, 'Please choose a whole number from 0 to 10.'],
    ['again', { 'f.again.sleep': '11' }, 'Please choose a whole number from 0 to 10.'],
    ['basics', { 'f.basics': ['eat', 'steal'] }, /one of the options/],
    ['side', { 'f.side': 'up' }, /one of the options/],
    ['side', { 'f.side': ['left', 'right'] }, /one of the options/],
    ['sort', { 'f.sort.tea': 'warm' }, /one of the options/],
    ['plan', { 'f.plan.when': 'x'.repeat(31) }, /1 character too long/],
    ['day', { 'f.day': '2026-02-30' }, /year-month-day/],
    ['day', { 'f.day': '22.11.2026' }, /year-month-day/],
    ['hour', { 'f.hour': '24:00' }, /hours and minutes/],
  ])('refuse a wrong %s with a sentence: %j', (id, body, sentence) => {
    const read = readAnswers(fields, { ...body, 'f.letter': 'kept' })
    expect(Object.entries(read.errors).map(([field, error]) => [field, ENGLISH.of(error)])).toEqual([
      [id, expect.stringMatching(sentence)],
    ])
    expect(read.answers).toEqual({ letter: 'kept' })
    expect(read.base).toEqual({ letter: 0 })
  })

  test('never throw and never let anything foreign in, whatever is sent', () => {
    const keys = fields.flatMap(({ id }) => [`f.${id}`, `v.${id}`]).concat('f.sort.tea', 'f.plan.when', 'f.again.sleep')
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), fc.anything(), { maxKeys: 8 }), (body) => {
        for (const [id, answer] of Object.entries(answersOf(body))) {
          const field = fields.find((one) => one.id === id)
          if (field?.type === 'scale') expect(Number.isInteger(answer)).toBe(true)
          if (field?.type === 'choice') expect(['', 'left', 'right']).toContain(answer)
          if (field?.type === 'text') expect(String(answer).length).toBeLessThanOrEqual(field.max)
        }
      }),
    )
  })
})
