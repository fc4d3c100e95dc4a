import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Course } from '../../../src/core/course/course.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

let app: TestApp
let course: Course

beforeAll(async () => {
  app = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true })
  course = app.app.ports.courses.get('steady-week') as Course
})
afterAll(() => app?.close())

const later = (html: string) => /<details class="later"[^>]*>/.exec(html)?.[0]

describe('the sign-up form', () => {
  test('asks which situation is closest, in the course’s own words, and nobody has to say', async () => {
    const { text } = await createVisitor(app.url).get('/')
    const select = /<select id="track" name="track"[\s\S]*?<\/select>/.exec(text)?.[0] ?? ''
    expect([...select.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value)).toEqual([
      '',
      ...course.tracks.map(({ name }) => name),
    ])
    expect(select).toContain('<option value="" selected>I would rather not say</option>')
    for (const { summary } of course.tracks) expect(select).toContain(summary.replaceAll("'", '&#39;'))
  })

  test('keeps what was chosen when something else needs another look, and refuses what there is not', async () => {
    const visitor = createVisitor(app.url)
    const again = await visitor.post('/sign-up', { email: 'no address', track: 'bridge' })
    expect(again.status).toBe(400)
    expect(again.text).toContain('<option value="bridge" selected>')
    const refused = await visitor.post('/sign-up', { email: 'somebody@example.org', track: 'bridges' })
    expect(refused.status).toBe(400)
    expect(refused.text).toMatch(/id="fault-track"[\s\S]*aria-describedby="[^"]*fault-track"/)
  })

  test('of a course without tracks does not ask', async () => {
    const other = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
    try {
      expect((await createVisitor(other.url).get('/')).text).not.toContain('name="track"')
    } finally {
      await other.close()
    }
  })

  test('chosen, it shapes the first lesson', async () => {
    await join(app, 'bridge@example.org', { track: 'bridge' })
    const lesson = app.mail.accepted.filter(({ to }) => to === 'bridge@example.org')[1]
    expect(lesson?.mail.text?.replace(/\s+/g, ' ')).toContain('standing at the sink with the tap running')
  })
})

describe('a lesson’s page', () => {
  test('leads with the starting point on day one, in the same words for everybody', async () => {
    const cards: (string | undefined)[] = []
    for (const address of ['new@example.org', 'answered@example.org']) {
      const { visitor, lessonLink } = await join(app, address)
      const path = new URL(lessonLink).pathname
      if (address.startsWith('answered')) {
        const answers = { mode: 'all', go: 'finish', seen: '1', 'q.closest': 'hurt', 'q.dark-thoughts': 'passing' }
        await visitor.post(`${path}/start`, answers)
      }
      const { text } = await visitor.get(path)
      expect(text.indexOf('start-card')).toBeLessThan(text.indexOf('class="prose lesson"'))
      expect(text).toContain(`href="${path}/start"`)
      cards.push(/<aside class="card soft start-card"[\s\S]*?<\/aside>/.exec(text)?.[0].replaceAll(path, ''))
    }
    expect(cards[0]).toContain('First: find your starting point')
    expect(cards[1]).toBe(cards[0])
  })

  test('ends with what to read on and the sign-off, below the exercise', async () => {
    const open = await join(app, 'reader@example.org', { track: 'steady' })
    const { text } = await open.visitor.get(open.lessonLink)
    const exercise = text.indexOf('id="exercise"')
    expect(text.indexOf('/courses/steady-week/library/emotional-affairs')).toBeGreaterThan(exercise)
    expect(text.indexOf('With care,')).toBeGreaterThan(exercise)
    expect(text.match(/With care,/g)).toHaveLength(1)
    const plain = await join(app, 'plain-reader@example.org', { track: 'steady', discreet: 'on' })
    const quiet = (await plain.visitor.get(plain.lessonLink)).text
    expect(/class="read-on">[^<]*<a href="([^"]*)"/.exec(quiet)?.[1]).toMatch(/^\/n\/[\w-]{10}$/)
  })

  test('puts away what may wait, until something is written there', async () => {
    const { visitor } = await join(app, 'later@example.org', { track: 'steady' })
    app.clock.advance(86_400_000)
    const mails = await app.mail.waitForMail('later@example.org', 3)
    const link = /http:\/\/\S+\/l\/\S+/.exec(mails[2]?.mail.text ?? '')?.[0] ?? ''
    const before = (await visitor.get(link)).text
    expect(before).toContain('One more box, for today or tomorrow')
    expect(later(before)).not.toContain(' open')
    await visitor.post(link, { 'f.slot': 'Thursday, eight to half past', keep: '1' })
    const after = (await visitor.get(link)).text
    expect(later(after)).toContain(' open')
    expect(after).toContain('Thursday, eight to half past')
  })

  test('takes minutes in steps of ten', async () => {
    const { visitor } = await join(app, 'steps@example.org')
    app.clock.advance(86_400_000)
    const mails = await app.mail.waitForMail('steps@example.org', 3)
    const link = /http:\/\/\S+\/l\/\S+/.exec(mails[2]?.mail.text ?? '')?.[0] ?? ''
    const { text } = await visitor.get(link)
    const minutes = [...text.matchAll(/name="f\.minutes" value="(\d+)"/g)].map(([, value]) => value)
    expect(minutes).toEqual(['20', '30', '40', '50', '60'])
    expect((await visitor.post(link, { 'f.minutes': '25' })).status).toBe(400)
    expect((await visitor.post(link, { 'f.minutes': '30' })).status).toBe(303)
  })
})
