import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Lesson } from '../../../src/core/course/course.ts'
import { forgetSessions } from '../../../src/flow/security/sessions.ts'
import { allRows, queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { writingFieldOf } from '../../support/fill-exercise.ts'
import { linkOf, linksOf } from '../../support/mail-links.ts'
import { newestLink } from '../../support/open-own-session.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

const DAY = 86_400_000
const SECRET = 'only for my own eyes 7261'
let parts: TestApp
let field: string

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', SIGN_UP_LIMIT: '200' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  field = writingFieldOf(parts.app.ports.courses.get('three-days')?.lessons[0] as Lesson)
})
afterAll(() => parts?.close())

const idle = () => waitUntilIdle(parts.dataDir, parts.clock.now())
const mailsTo = (address: string) => parts.mail.accepted.filter(({ to }) => to === address)

async function ask(address: string) {
  const answer = await createVisitor(parts.url).post('/back', { email: address })
  await idle()
  return answer
}

async function wayBackOf(address: string) {
  const count = mailsTo(address).filter((mail) => linksOf(mail).some((link) => link.includes('/back/'))).length
  await ask(address)
  return newestLink(parts, address, '/back/', count + 1)
}

describe('somebody without their link', () => {
  test('finds it again by email, once, with what they wrote', async () => {
    const joined = await join(parts, 'mara@example.test')
    await joined.visitor.post(joined.lessonLink, { [`f.${field}`]: SECRET, keep: '1' })
    const link = await wayBackOf('mara@example.test')
    const before = allRows(parts.dataDir)
    const browser = createVisitor(parts.url)
    const shown = await browser.get(link)
    expect(shown.text).toContain('<form method="post" action="/back/')
    expect(shown.text).not.toContain('/l/')
    expect(allRows(parts.dataDir)).toEqual(before)

    const opened = await browser.post(link)
    expect(opened.status).toBe(200)
    expect(opened.text).toContain(new URL(joined.lessonLink).pathname)
    expect(opened.text).not.toContain(SECRET)
    expect((await browser.get(joined.lessonLink)).text).toContain(SECRET)
    // Once: a second browser gets nothing.
    const second = await createVisitor(parts.url).post(link)
    expect([second.status, second.text.includes('/l/')]).toEqual([410, false])
    expect(second.text).toContain('href="/back"')
  })

  test('has ten minutes', async () => {
    await join(parts, 'slow@example.test')
    const link = await wayBackOf('slow@example.test')
    parts.clock.advance(10 * 60_000)
    for (const method of ['get', 'post'] as const)
      expect((await createVisitor(parts.url)[method](link)).status).toBe(410)
  })

  test('reads nothing with a reading word but the days, and everything with the word', async () => {
    const joined = await join(parts, 'word@example.test')
    await joined.visitor.post(joined.lessonLink, { [`f.${field}`]: SECRET, keep: '1' })
    await joined.visitor.post(`${joined.lessonLink}/settings/word`, { do: 'set', word: 'the old pear tree' })
    const without = createVisitor(parts.url)
    expect((await without.post(await wayBackOf('word@example.test'))).text).toContain('/l/')
    expect(without.cookies.size).toBe(0)
    const link = await wayBackOf('word@example.test')
    const knows = createVisitor(parts.url)
    const wrong = await knows.post(link, { word: 'a new pear tree' })
    expect([wrong.status, wrong.text.includes('/l/')]).toEqual([400, false])
    expect((await knows.post(link, { word: 'The old  pear tree' })).status).toBe(200)
    expect((await knows.get(joined.lessonLink)).text).toContain(SECRET)
  })

  test('gets nothing for 30 days after a stop, and a stranger is never written to', async () => {
    const joined = await join(parts, 'gone@example.test')
    await joined.visitor.post(joined.stopLink)
    const texts = new Set<string>()
    for (const address of ['gone@example.test', 'nobody@example.test', 'mara@example.test'])
      texts.add((await ask(address)).text)
    expect(texts.size).toBe(1)
    expect(mailsTo('gone@example.test')).toHaveLength(2)
    expect(mailsTo('nobody@example.test')).toHaveLength(0)
    // The same rows for both.
    const rows = queryRows(
      parts.dataDir,
      "select count(*) as n from delivery join learner on learner.id = learner_id where kind = 'way-back' and address = 'nobody@example.test'",
    )
    expect(rows).toEqual([{ n: 1 }])
    parts.clock.advance(3 * DAY)
    await forgetSessions(parts.app.ports)
    const kept = queryRows(parts.dataDir, 'select address from learner').map(({ address }) => address)
    expect(kept).toContain('gone@example.test')
    expect(kept).not.toContain('nobody@example.test')
  })

  test('is asked three times a day at most, and an address that is none is not taken', async () => {
    await join(parts, 'often@example.test')
    for (let time = 0; time < 5; time += 1) await ask('often@example.test')
    expect(mailsTo('often@example.test')).toHaveLength(2 + 3)
    const wrong = await createVisitor(parts.url).post('/back', { email: 'often@' })
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('value="often@"')
  })

  test('gets a discreet email and page where a course is discreet', async () => {
    await join(parts, 'quiet@example.test', { discreet: 'on' })
    const link = await wayBackOf('quiet@example.test')
    const title = parts.app.ports.courses.get('three-days')?.title ?? ''
    const { mail } = mailsTo('quiet@example.test').at(-1) ?? {}
    expect(`${mail?.subject} ${mail?.html} ${mail?.text}`).not.toContain(title)
    const opened = (await createVisitor(parts.url).post(link)).text
    expect(opened).toContain('Day 1')
    for (const text of [title, 'Look at this morning']) expect(opened).not.toContain(text)
  })
})

describe('somebody who reads on the web only', () => {
  const codeOn = (text: string) => /class="code">([^<]+)</.exec(text)?.[1]

  async function joinOnWeb(address: string) {
    const visitor = createVisitor(parts.url)
    await visitor.post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7', webOnly: 'on' })
    const [mail] = await parts.mail.waitForMail(address, 1)
    if (mail === undefined) throw new Error('There is no confirmation.')
    const link = linkOf(mail, '/confirm/')
    const confirmed = await visitor.post(link)
    await idle()
    return { visitor, link, confirmed, lesson: /href="(\/l\/[^"/]+)"/.exec(confirmed.text)?.[1] ?? '' }
  }

  test('has a recovery code, which opens the days and what was written in another browser', async () => {
    const { visitor, link, confirmed, lesson } = await joinOnWeb('web@example.test')
    const code = codeOn(confirmed.text) ?? ''
    await visitor.post(lesson, { [`f.${field}`]: SECRET, keep: '1' })
    // The link of the email leads nowhere, and no email comes.
    const used = (await createVisitor(parts.url).get(link)).text
    expect([used.includes('/l/'), used.includes('href="/back"'), codeOn(used)]).toEqual([false, true, undefined])
    await ask('web@example.test')
    expect(mailsTo('web@example.test')).toHaveLength(1)

    const other = createVisitor(parts.url)
    const opened = await other.post('/back/code', { code: code.toLowerCase().replaceAll('-', ' ') })
    expect([opened.status, opened.text.includes(lesson)]).toEqual([200, true])
    expect((await other.get(lesson)).text).toContain(SECRET)
    expect(codeOn((await other.get(`${lesson}/settings`)).text)).toBe(code)

    // A new one ends the old one, and takes a fresh session of one's own.
    expect((await createVisitor(parts.url).post(`${lesson}/settings/code`)).status).toBe(403)
    expect((await other.post(`${lesson}/settings/code`)).status).toBe(303)
    const renewed = codeOn((await other.get(`${lesson}/settings`)).text) ?? ''
    expect(renewed).not.toBe(code)
    const stale = await createVisitor(parts.url).post('/back/code', { code })
    expect([stale.status, stale.text.includes('/l/')]).toEqual([400, false])
    expect((await createVisitor(parts.url).post('/back/code', { code: renewed })).status).toBe(200)
  })

  test('may allow one email, which is discreet', async () => {
    const { visitor, lesson } = await joinOnWeb('web-mail@example.test')
    expect((await createVisitor(parts.url).post(`${lesson}/settings/way-back`, { allowed: 'on' })).status).toBe(403)
    expect((await visitor.post(`${lesson}/settings/way-back`, { allowed: 'on' })).status).toBe(303)
    await ask('web-mail@example.test')
    const mails = mailsTo('web-mail@example.test')
    expect(mails).toHaveLength(2)
    const title = parts.app.ports.courses.get('three-days')?.title ?? ''
    expect(`${mails[1]?.mail.subject} ${mails[1]?.mail.text}`).not.toContain(title)
  })

  test('cannot be found by guessing: twenty attempts an hour', async () => {
    const guesser = createVisitor(parts.url, '203.0.113.9')
    const statuses: number[] = []
    for (let time = 0; time < 40; time += 1) {
      const code = `AAAA-AAAA-AAAA-${String(time).padStart(4, '0')}`
      statuses.push((await guesser.post('/back/code', { code })).status)
    }
    expect(statuses.at(-1)).toBe(429)
    expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(20)
  })
})

describe('signing up again', () => {
  const again = async (address: string) => {
    const before = mailsTo(address).length
    await createVisitor(parts.url).post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7' })
    const mail = (await parts.mail.waitForMail(address, before + 1))[before]
    if (mail === undefined) throw new Error('There is no email.')
    return { mail, link: linkOf(mail, '/confirm/') }
  }

  test('after a stop offers the days, to go on, and to start anew', async () => {
    const joined = await join(parts, 'again@example.test')
    await joined.visitor.post(joined.lessonLink, { [`f.${field}`]: SECRET, keep: '1' })
    await joined.visitor.post(joined.stopLink)
    parts.clock.advance(31 * DAY)
    const { mail, link } = await again('again@example.test')
    expect(mail.mail.subject).toContain('Welcome back')
    const page = (await createVisitor(parts.url).get(link)).text
    for (const action of ['', '/days', '/anew']) expect(page).toContain(`action="${new URL(link).pathname}${action}"`)

    // The days: nothing changes.
    const states = () => queryRows(parts.dataDir, 'select id, state from enrolment order by id')
    const before = states()
    const days = await createVisitor(parts.url).post(`${link}/days`)
    expect(days.text).toContain(new URL(joined.lessonLink).pathname)
    expect(days.text).not.toContain(SECRET)
    expect(states()).toEqual(before)

    // Anew: a second round, and the first stays readable.
    const browser = createVisitor(parts.url)
    const confirmed = await browser.post(`${link}/anew`)
    expect(confirmed.text).toContain('You’re signed up')
    expect(states().map(({ state }) => state)).toEqual([...before.map(({ state }) => state), 'active'])
    expect((await browser.get(joined.lessonLink)).text).toContain(SECRET)
    // The used link leads to both.
    const used = (await createVisitor(parts.url).get(link)).text
    expect(used.match(/An earlier round|Begun on/g)).toHaveLength(2)

    // The first round cannot be started beside the second.
    const stopped = (await createVisitor(parts.url).get(joined.stopLink)).text
    expect(stopped).not.toContain('/restart')
    await createVisitor(parts.url).post(`${joined.stopLink}/restart`)
    expect(states().map(({ state }) => state)).toEqual([...before.map(({ state }) => state), 'active'])
  })

  test('goes on where the course stopped', async () => {
    const joined = await join(parts, 'on@example.test')
    await joined.visitor.post(joined.stopLink)
    parts.clock.advance(31 * DAY)
    const { link } = await again('on@example.test')
    const confirmed = await createVisitor(parts.url).post(link)
    expect(confirmed.text).toContain('The next lesson comes')
    // A second click leads to the days, too.
    expect((await createVisitor(parts.url).post(link)).text).toContain('Your days')
  })
})
