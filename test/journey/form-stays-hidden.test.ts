import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Course } from '../../src/core/course/course.ts'
import type { Field } from '../../src/core/course/fields/field-types.ts'
import { LINKS } from '../../src/core/security/links.ts'
import { changeDatabase, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

/** With short emails, whoever holds the link alone cannot find out by writing which form of the course its learner reads. */

const DAY = 86_400_000
const FORMS = [{}, { track: 'mend', overlays: 'gentle' }, { track: 'bridge', overlays: 'lighter' }] as const
let parts: TestApp
let course: Course

beforeAll(async () => {
  parts = await createTestApp({ start: '2026-03-02T09:00:00Z', env: { TRUST_PROXY: '1' }, worker: true })
  course = parts.app.ports.courses.get('steady-week') as Course
})

afterAll(() => parts?.close())

/** What is sent to a field: something it takes, something it may refuse. */
function valuesFor(field: Field): readonly Record<string, string>[] {
  switch (field.type) {
    case 'text':
    case 'long':
      return ['typed', 'x'.repeat(60_000)].map((value) => ({ [`f.${field.id}`]: value }))
    case 'sentence': {
      const blanks = field.parts.flatMap((part) => ('blank' in part ? [part.blank] : []))
      return [{ [`f.${field.id}.${blanks[0]}`]: 'typed' }]
    }
    case 'sorting':
      return [{ [`f.${field.id}.${field.items[0]?.id}`]: field.bins[0]?.id ?? '' }]
    case 'choice':
    case 'checklist':
      return [{ [`f.${field.id}`]: field.options[0]?.id ?? '' }]
    default:
      return [{ [`f.${field.id}`]: '1' }]
  }
}

/** Those that not everybody has: the first of each audience and type. */
function ownFields(day: number): readonly Field[] {
  const fields = course.lessons[day - 1]?.exercise.fields ?? []
  const own = fields.filter(({ audiences, except = [] }) => audiences.length + except.length > 0)
  const kindOf = ({ audiences, except = [], type }: Field) => JSON.stringify([audiences, except, type])
  return own.filter((field) => own.find((other) => kindOf(other) === kindOf(field)) === field)
}

let turn = 0
/** Each of a browser and a network of its own. */
function stranger() {
  turn += 1
  return createVisitor(parts.url, `10.9.${turn >> 8}.${turn & 255}`)
}

/** What a stranger sees of every field that some have on this day, sent as a draft and as a form. */
async function seenOn(lesson: string, day: number) {
  const fields = ownFields(day)
  const bodies = [...fields.flatMap(valuesFor), { 'f.letter_version': 'share' }]
  const seen = []
  for (const body of bodies) {
    for (const way of ['draft', 'form'] as const) {
      // Not what the limits of writing are about.
      changeDatabase(parts.dataDir, 'delete from answer')
      const browser = stranger()
      const { status, text, headers } =
        way === 'draft' ? await browser.postJson(`${lesson}/draft`, body) : await browser.post(lesson, body)
      const told = text === '' || way === 'draft' ? text : status
      seen.push({
        way,
        body: JSON.stringify(body).slice(0, 60),
        status,
        told,
        leadsTo: headers.get('location')?.replace(/.*[?]/, ''),
        cookies: headers.getSetCookie().length,
      })
    }
  }
  return seen
}

test('by what is taken, refused, or answered with a cookie', async () => {
  const learners: SignedUpLearner[] = []
  for (const [index, form] of FORMS.entries())
    learners.push(await join(parts, `form${index}@example.test`, { shortEmails: 'on', ...form }))
  const ids = learners.map(
    ({ address }) =>
      queryRows(
        parts.dataDir,
        'select id from enrolment where learner_id = (select id from learner where address = ?)',
        address,
      )[0]?.id as number,
  )
  expect(course.lessons.filter(({ day }) => ownFields(day).length > 0).length).toBeGreaterThan(1)
  for (const { day } of course.lessons) {
    if (day > 1) parts.clock.advance(DAY)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const seen = []
    for (const id of ids)
      seen.push(await seenOn(`/l/${LINKS.lesson.make(parts.app.ports.keys, { enrolmentId: id, day: day })}`, day))
    for (const [index, one] of seen.entries()) expect({ day, index, seen: one }).toEqual({ day, index, seen: seen[0] })
    if (ownFields(day).length > 0) expect(seen[0]?.some(({ cookies }) => cookies === 1)).toBe(true)
  }
}, 240_000)
