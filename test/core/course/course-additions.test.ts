import { describe, expect, test } from '@jest/globals'
import { courseAsSent } from '../../../src/core/course/course-as-sent.ts'
import { blocksFor } from '../../../src/core/course/variant.ts'
import { readAnswers } from '../../../src/core/exercise/read-answers.ts'
import { COMMON_VARIANT } from '../../../src/core/model.ts'
import { phrase } from '../../../src/core/words.ts'
import { faultsOf, parsed, SMALL_COURSE, spoil } from './small-course.ts'

describe('text below the button', () => {
  const after = `${SMALL_COURSE['day-2.md']}\n::: after\nTomorrow.\n\n::: for light\nLightly.\n:::\n\nYours\n:::\n`

  test('is separate from the rest, in the email and on the page', () => {
    const body = parsed({ 'day-2.md': after }).lessons[1]?.body ?? []
    const texts = (variant: typeof COMMON_VARIANT, where: { page: boolean; after?: boolean }) =>
      blocksFor(body, variant, where).map(({ text }) => text.markdown)
    expect(texts(COMMON_VARIANT, { page: false, after: false })).toEqual(['The second day.'])
    expect(texts(COMMON_VARIANT, { page: false, after: true })).toEqual(['Tomorrow.', 'Yours'])
    expect(texts({ track: null, overlays: ['light'] }, { page: true })).toEqual([
      'The second day.',
      'Tomorrow.',
      'Lightly.',
      'Yours',
    ])
  })

  test('is not enough for an email', () => {
    const text = SMALL_COURSE['day-2.md']?.replace('The second day.', '::: after\nTomorrow.\n:::') ?? ''
    expect(faultsOf({ 'day-2.md': text }).join('\n')).toContain('The email has no text.')
  })

  test.each([
    ['::: after soon\nTomorrow.\n:::', '"::: after" takes no names.'],
    ['::: for light\n::: after\nTomorrow.\n:::\n:::', 'This block is inside the one opened'],
  ])('%j is refused', (block, what) => {
    expect(faultsOf({ 'day-2.md': `${SMALL_COURSE['day-2.md']}\n${block}\n` }).join('\n')).toContain(what)
  })
})

describe('a scale in steps', () => {
  const stepped = (step: string) =>
    spoil('day-1.md', 'min: 0, max: 10, low: none', `min: 20, max: 60, ${step}low: none`)
  const field = parsed(stepped('step: 10, ')).lessons[0]?.exercise.fields[0]

  test('takes its steps and nothing between them', () => {
    expect(field).toMatchObject({ min: 20, max: 60, step: 10 })
    const given = (value: string) => readAnswers(field ? [field] : [], { 'f.sleep': value })
    expect(given('40').answers).toEqual({ sleep: 40 })
    expect(given('45').errors.sleep).toEqual(phrase('exercise.scale-steps', { first: 20, second: 30 }))
    expect(given('70').errors.sleep).toEqual(phrase('exercise.scale-range', { min: 20, max: 60 }))
  })

  test('has steps that reach its end', () => {
    expect(faultsOf(stepped('step: 15, ')).join('\n')).toContain('Steps of 15 from 20 never reach 60.')
  })
})

describe('a field marked "later"', () => {
  test('is marked, and is not in the Small form', () => {
    const course = parsed(spoil('day-1.md', 'label: A line, max: 20', 'label: A line, later: true, max: 20'))
    expect(course.lessons[0]?.exercise.fields.map(({ later }) => later ?? false)).toEqual([
      ...[false, false, false, true, false],
    ])
    expect(faultsOf(spoil('day-1.md', 'high: enough, small: true', 'high: enough, small: true, later: true'))).toEqual([
      expect.stringContaining('A field of the Small form cannot be "later".'),
    ])
  })
})

describe('reading suggestions of a lesson', () => {
  test.each([
    ['read-on: a-piece', [{ piece: 'a-piece', audiences: [] }]],
    [
      'read-on: [{ piece: one, for: [walk] }, two]',
      [
        { piece: 'one', audiences: ['walk'] },
        { piece: 'two', audiences: [] },
      ],
    ],
  ])('%s', (line, expected) => {
    expect(parsed(spoil('day-1.md', 'minutes: 3\n', `minutes: 3\n${line}\n`)).lessons[0]?.readOn).toEqual(expected)
  })

  test('name existing audiences', () => {
    const problems = faultsOf(spoil('day-1.md', 'minutes: 3\n', 'minutes: 3\nread-on: [{ piece: one, for: [run] }]\n'))
    expect(problems.join('\n')).toContain('"run" is not a track or overlay')
  })

  test('may include the starting point', () => {
    const course = parsed(spoil('day-1.md', 'minutes: 3\n', 'minutes: 3\nstarting-point: true\n'))
    expect(course.lessons.map(({ startingPoint }) => startingPoint ?? false)).toEqual([true, false])
  })
})

describe('an earlier version of a course', () => {
  const earlier = (version: string, title: string) => ({
    [`earlier/${version}/day-1.md`]: (SMALL_COURSE['day-1.md'] ?? '').replace('title: One', `title: ${title}`),
    [`earlier/${version}/day-2.md`]: SMALL_COURSE['day-2.md'] ?? '',
    [`earlier/${version}/closing.md`]: SMALL_COURSE['closing.md'] ?? '',
  })
  const course = parsed({
    ...earlier('2026-2', 'Second'),
    ...earlier('2026-1', 'First'),
    ...spoil('course.yaml', 'title: Small\n', 'title: Small\nversion: 2026-3\n'),
  })

  test('is parsed along with the current one, oldest first', () => {
    expect(course.version).toBe('2026-3')
    expect(course.consent.version).toBe('2026-1')
    expect(course.earlier?.map(({ version }) => version)).toEqual(['2026-1', '2026-2'])
  })

  test.each([
    ['in this version', { ...COMMON_VARIANT, edition: '2026-3' }, 'One'],
    ['in an earlier one', { ...COMMON_VARIANT, edition: '2026-2' }, 'Second'],
    ['before versions were recorded', COMMON_VARIANT, 'First'],
    ['in one whose files are gone', { ...COMMON_VARIANT, edition: '2025-9' }, 'One'],
  ])('what was sent %s stays', (_when, sent, title) => {
    const asSent = courseAsSent(course, sent)
    expect(asSent.lessons[0]?.title).toBe(title)
    expect(asSent.name).toBe('small')
    // The composer keeps what it prepared by the object.
    expect(courseAsSent(course, sent)).toBe(asSent)
  })

  test('has all its days and its closing', () => {
    const { 'earlier/2026-1/closing.md': _closing, 'earlier/2026-1/day-1.md': _day, ...rest } = earlier('2026-1', 'X')
    expect(faultsOf(rest)).toEqual([
      expect.stringContaining('earlier/2026-1/closing.md'),
      expect.stringContaining('earlier/2026-1/day-1.md'),
      expect.stringContaining('which is not an earlier day'),
    ])
  })

  test('without one, the version is that of the consent', () => {
    expect(parsed()).toMatchObject({ version: '2026-1' })
    expect('earlier' in parsed()).toBe(false)
  })
})
