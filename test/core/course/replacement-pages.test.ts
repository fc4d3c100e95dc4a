import { describe, expect, test } from '@jest/globals'
import { NO_STARTING_POINT, type StartingPoint } from '../../../src/core/assessment/starting-point.ts'
import { parseCarePage } from '../../../src/core/course/care-page.ts'
import { parseReplacementPage, type ReplacementPage } from '../../../src/core/course/replacement-pages.ts'
import { closingAsRestricted, isHeldBack, lessonAsRestricted } from '../../../src/core/course/restricted-lesson.ts'
import { parsed } from './small-course.ts'

const course = parsed()
const [first, second] = course.lessons
const grounding = parseCarePage(
  { file: 'lessons/small/pages/grounding.md', text: '---\ntitle: Ground\n---\nBreathe.\n\nGo on.\n' },
  [],
)
const replacement = (path: string, text = `---\ntitle: Instead of ${path}\n---\nSee [help](page:help).\n`) => {
  const problems: { what: string }[] = []
  const value = parseReplacementPage({ file: `lessons/small/${path}`, path, text }, problems as never)
  return { value, problems }
}
const replacementPages = [
  'paused/day.md',
  'paused/closing.md',
  'first-day/day.md',
  'letters/day-2.md',
  'letters/week.md',
].map((path) => replacement(`instead/${path}`).value as ReplacementPage)
const resources = { pages: grounding === null ? [] : [grounding], replacementPages }
const start = (access: 'open' | 'first-day' | 'paused', off: ('sharing' | 'sheets' | 'letters')[]): StartingPoint => ({
  ...NO_STARTING_POINT,
  holds: [{ access, off, until: null }],
})
const shown = (lesson: typeof first, from: StartingPoint) =>
  lesson && lessonAsRestricted(lesson, { course, resources, start: from, at: 0 }).title

describe('instead of a restricted page', () => {
  const letters = start('open', ['letters'])

  test('a page is shown that says why', () => {
    expect(shown(second, letters)).toBe('Instead of instead/letters/day-2.md')
    expect(shown(second, NO_STARTING_POINT)).toBe('Two')
  })

  test('a replacement page for one day restricts that day even if nothing else does', () => {
    const of = (lesson: typeof first) => lesson && isHeldBack(lesson, { course, resources, start: letters, at: 0 })
    // The first is a letter; the second is restricted only by its replacement page.
    expect([first, second].map(of)).toEqual([true, true])
    const without = { ...resources, replacementPages: [] }
    expect(second && isHeldBack(second, { course, resources: without, start: letters, at: 0 })).toBe(false)
    expect(shown(first, letters)).toBe('Ground')
  })

  test('the page of the strictest restriction is shown', () => {
    expect(shown(second, start('paused', ['letters']))).toBe('Instead of instead/paused/day.md')
    expect(shown(second, start('first-day', ['sharing']))).toBe('Instead of instead/first-day/day.md')
    expect(shown(second && { ...second, day: 1 }, start('first-day', ['sharing']))).toBe('Two')
  })

  test('a lifted restriction applies only to days sent before', () => {
    const lifted = { ...letters, holds: letters.holds.map((hold) => ({ ...hold, until: 1_000 })) }
    const at = (instant: number) =>
      second && lessonAsRestricted(second, { course, resources, start: lifted, at: instant }).title
    expect([at(999), at(1_000)]).toEqual(['Instead of instead/letters/day-2.md', 'Two'])
  })

  test('nothing is left to fill in, and links lead to plain addresses', () => {
    const lesson = second && lessonAsRestricted(second, { course, resources, start: letters, at: 0 })
    expect(lesson?.exercise).toMatchObject({
      fields: [],
      letter: false,
      print: false,
      complete: { full: [], small: [] },
    })
    expect(lesson?.body[0]?.text.markdown).toMatch(/^See \[help\]\(\/n\/[\w-]{10}\)\.$/)
  })

  test('check-ins and the closing have their own', () => {
    const week = second && { ...second, day: course.lessons.length + 2 }
    expect(shown(week, letters)).toBe('Instead of instead/letters/week.md')
    expect(shown(week, start('open', ['sheets']))).toBe('Two')
    expect(shown(week, start('first-day', []))).toBe('Ground')
    const own = [...replacementPages, replacement('instead/letters/week-1.md').value as ReplacementPage]
    expect(
      week &&
        lessonAsRestricted(week, { course, resources: { ...resources, replacementPages: own }, start: letters, at: 0 })
          .title,
    ).toBe('Instead of instead/letters/week-1.md')
    const closing = (from: StartingPoint) =>
      closingAsRestricted(course.closing, { course, resources, start: from, at: 0 }).title
    expect([start('paused', []), letters, NO_STARTING_POINT].map(closing)).toEqual([
      'Instead of instead/paused/closing.md',
      'The end',
      'The end',
    ])
  })
})

test.each(['instead/day.md', 'instead/letters/dawn.md', 'instead/other/day.md', 'instead/letters/day-2/more.md'])(
  '%s stands in for nothing',
  (path) => {
    const { value, problems } = replacement(path)
    expect(value).toBeNull()
    expect(problems.map(({ what }) => what)).toEqual(['This file name is not a page that can be replaced.'])
  },
)

test('a replacement page needs a title and a text', () => {
  expect(replacement('instead/paused/day.md', '---\ntitle: X\n---\n').problems).toHaveLength(1)
  expect(replacement('instead/paused/day.md', 'Only text.\n').problems).toHaveLength(1)
})
