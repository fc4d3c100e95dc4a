import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { linkOf } from '../../support/mail-links.ts'
import type { Accepted } from '../../support/mail-server.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Form, type Visitor } from '../../support/visitor.ts'

const COURSE = 'steady-week'
const START = `/courses/${COURSE}/start`

let app: TestApp
let lesson: string
let letter: string
let visitor: Visitor
/** Holds an own session that is young enough to change the form of the course. */
let fresh: Visitor

beforeAll(async () => {
  app = await createTestApp({ env: { COURSE }, worker: true })
  const joined = await join(app, 'errors@example.org')
  visitor = joined.visitor
  lesson = new URL(joined.lessonLink).pathname
  const day = app.app.ports.courses.get(COURSE)?.lessons.find(({ exercise }) => exercise.letter)?.day ?? 0
  for (let more = 2; more <= day; more += 1) {
    app.clock.advance(86_400_000)
    await app.mail.waitForMail(joined.address, more + 1)
  }
  letter = new URL(linkOf((await app.mail.waitForMail(joined.address, day + 1)).at(-1) as Accepted, '/l/')).pathname
  fresh = await openOwnSessionByLink(app, joined)
})
afterAll(() => app?.close())

const FORMS: Readonly<Record<string, () => [path: string, form: Form, title: RegExp]>> = {
  'the sign-up': () => ['/sign-up', { email: 'no', name: 'a@b', hour: '99', timeZone: '' }, /^Error: Steady Week$/],
  'a question about the address': () => ['/sign-up', { email: 'a@gmial.com', timeZone: 'UTC' }, /^Error: Steady Week$/],
  'an exercise': () => [lesson, { 'f.sleep': '99', 'v.sleep': '0' }, /^Error: Day 1: /],
  'the settings': () => [
    `${lesson}/settings`,
    { all: '1', hour: '99', timeZone: 'no/where', track: 'none', overlays: ['none'] },
    /^Error: Settings/,
  ],
  'one question of the assessment': () => [START, { mode: 'one', go: 'next', at: 'closest' }, /^Error: Question \d+/],
  'one question that takes several answers': () => [
    START,
    { mode: 'one', go: 'next', at: 'partner-acts' },
    /^Error: Question \d+/,
  ],
  'the whole assessment': () => [START, { mode: 'all', go: 'finish', 'q.closest': 'both' }, /^Error: /],
  'the assessment behind a lesson link': () => [`${lesson}/start`, { mode: 'all', go: 'finish' }, /^Error: /],
  'the question before sharing': () => [`${letter}/share`, { do: 'ask' }, /^Error: Before you share/],
}

test.each(Object.keys(FORMS))(
  '%s: the summary comes first, leads to each field, and the title says so',
  async (name) => {
    const [path, form, title] = FORMS[name]?.() ?? ['', {}, /$/]
    const { text } = await (name === 'the settings' ? fresh : visitor).post(path, form)
    expect(/<title>(.*?)<\/title>/.exec(text)?.[1]?.replace(/ · .*/, '')).toMatch(title)
    const found =
      /<div class="notice notice-look" role="alert" tabindex="-1" autofocus data-summary>([\s\S]*?)<\/div>/.exec(text)
    const links = [...(found?.[1] ?? '').matchAll(/<a href="#([\w.-]+)">([^<]+)<\/a>/g)].map(([, id = '']) => id)
    expect(links.length).toBeGreaterThan(0)
    expect(new Set(links).size).toBe(links.length)
    const after = text.slice((found?.index ?? 0) + (found?.[0].length ?? 0))
    for (const id of links) {
      const field = new RegExp(`<(?:input|select|textarea)[^>]*\\sid="${id}"[^>]*>`).exec(after)
      expect({ id, found: field !== null }).toEqual({ id, found: true })
      // Described itself, or through the group it stands in.
      const group = after.slice(0, field?.index).lastIndexOf('<fieldset')
      const own = /aria-describedby="([^"]+)"/.exec(field?.[0] ?? '')?.[1]
      const described = own ?? /aria-describedby="([^"]+)"/.exec(after.slice(group).split('>')[0] ?? '')?.[1] ?? ''
      const sentences = described.split(' ').filter((one) => text.includes(`<p class="fault" id="${one}">`))
      expect({ id, sentences: sentences.length }).toEqual({ id, sentences: 1 })
    }
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  },
)

test('a page without errors has neither', async () => {
  for (const path of ['/', lesson, `${lesson}/settings`, START, `${letter}/share`]) {
    const { text } = await createVisitor(app.url).get(path)
    expect(text).not.toMatch(/<title>Error|There is a problem|class="fault"/)
  }
})
