import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { allRows, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import { newestLink, openOwnSessionByLink } from '../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

const MINUTE = 60_000
/** For each mailbox. */
const LINKS_A_DAY = 3
let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})

afterAll(() => parts?.close())

const isThere = (address: string) =>
  queryRows(parts.dataDir, 'select id from learner where address = ?', address).length === 1
const mailsTo = (address: string) => parts.mail.accepted.filter(({ to }) => to === address)

/** Whoever found one of the emails presses “Delete everything”. */
const ask = (joined: Pick<SignedUpLearner, 'stopLink'>) => createVisitor(parts.url).post(`${joined.stopLink}/delete`)

describe('with the link alone', () => {
  test('nothing is deleted; an email brings the second proof, which works once', async () => {
    const joined = await join(parts, 'mara@example.test')
    const page = await createVisitor(parts.url).get(`${joined.stopLink}/delete`)
    expect(page.text).toContain('Send me the link to delete')
    const asked = await ask(joined)
    expect(asked.status).toBe(200)
    expect(asked.text).toContain('We sent you an email')
    expect(isThere(joined.address)).toBe(true)

    const link = await newestLink(parts, joined.address, '/delete/')
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const before = allRows(parts.dataDir)
    expect((await createVisitor(parts.url).get(link)).text).toContain('Delete everything now')
    expect(allRows(parts.dataDir)).toEqual(before)
    expect((await createVisitor(parts.url).post(link)).text).toContain('It is deleted')
    expect(isThere(joined.address)).toBe(false)
    expect((await createVisitor(parts.url).post(link)).status).toBe(410)
  })

  test('a link that was made for something else, or is over, deletes nothing', async () => {
    const joined = await join(parts, 'over@example.test')
    await ask(joined)
    const link = await newestLink(parts, joined.address, '/delete/')
    await joined.visitor.post(`${joined.lessonLink}/read`)
    const reading = await newestLink(parts, joined.address, '/read/')
    expect((await createVisitor(parts.url).post(reading.replace('/read/', '/delete/'))).status).toBe(410)
    expect((await createVisitor(parts.url).post(link.replace('/delete/', '/read/'))).status).toBe(410)
    parts.clock.advance(10 * MINUTE)
    expect((await createVisitor(parts.url).get(link)).status).toBe(410)
    expect((await createVisitor(parts.url).post(link)).status).toBe(410)
    expect(isThere(joined.address)).toBe(true)
  })

  test('only so many such emails go out in 24 hours', async () => {
    const joined = await join(parts, 'often@example.test')
    for (let sent = 0; sent < LINKS_A_DAY; sent += 1) expect((await ask(joined)).status).toBe(200)
    expect((await ask(joined)).status).toBe(429)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    expect(mailsTo(joined.address)).toHaveLength(2 + LINKS_A_DAY)
  })
})

test('an own session deletes at once while it is fresh, and needs the email later; a fresh one from a link will do', async () => {
  const joined = await join(parts, 'own@example.test')
  parts.clock.advance(15 * MINUTE)
  const later = await joined.visitor.post(`${joined.stopLink}/delete`)
  expect(later.text).toContain('We sent you an email')
  expect(isThere(joined.address)).toBe(true)
  const own = await openOwnSessionByLink(parts, joined)
  expect((await own.get(`${joined.stopLink}/delete`)).text).toContain('Delete everything now')
  expect((await own.post(`${joined.stopLink}/delete`)).text).toContain('It is deleted')
  expect(isThere(joined.address)).toBe(false)
})

test('a writer session is no second proof', async () => {
  const joined = await join(parts, 'writer@example.test')
  const writer = createVisitor(parts.url)
  await writer.post(joined.lessonLink, { 'f.first': 'something', keep: '1' })
  expect((await writer.post(`${joined.stopLink}/delete`)).text).toContain('We sent you an email')
  expect(isThere(joined.address)).toBe(true)
})

test('a forgotten reading word keeps nobody from deleting', async () => {
  const joined = await join(parts, 'forgot@example.test')
  const word = { do: 'set', word: 'soon to be forgotten' }
  expect((await joined.visitor.post(`${joined.lessonLink}/settings/word`, word)).status).toBe(303)
  await ask(joined)
  await createVisitor(parts.url).post(await newestLink(parts, joined.address, '/delete/'))
  expect(isThere(joined.address)).toBe(false)
})

describe('who else gets the email', () => {
  test('somebody who stopped', async () => {
    const joined = await join(parts, 'stopped@example.test')
    await joined.visitor.post(joined.stopLink)
    await ask(joined)
    await createVisitor(parts.url).post(await newestLink(parts, joined.address, '/delete/'))
    expect(isThere(joined.address)).toBe(false)
  })

  test('somebody who complained, this one and no other', async () => {
    const joined = await join(parts, 'complained@example.test')
    const learner = queryRows(parts.dataDir, 'select id from learner where address = ?', joined.address)[0]
      ?.id as number
    await parts.app.ports.store.suppressions.add(learner, 'complaint', parts.clock.now())
    await createVisitor(parts.url).post(`${joined.lessonLink}/read`)
    await ask(joined)
    await createVisitor(parts.url).post(await newestLink(parts, joined.address, '/delete/'))
    expect(isThere(joined.address)).toBe(false)
    expect(mailsTo(joined.address)).toHaveLength(3)
  })

  test('not somebody whose mail came back: the page says where to write instead', async () => {
    const joined = await join(parts, 'dead@example.test')
    const learner = queryRows(parts.dataDir, 'select id from learner where address = ?', joined.address)[0]
      ?.id as number
    await parts.app.ports.store.suppressions.add(learner, 'dead-address', parts.clock.now())
    const asked = await ask(joined)
    expect(asked.text).toContain('Email to your address came back')
    expect(asked.text).toContain('href="/privacy"')
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    expect(mailsTo(joined.address)).toHaveLength(2)
    expect(isThere(joined.address)).toBe(true)
  })

  test('somebody in discreet mode or on the web alone, in the form they chose', async () => {
    const discreet = await join(parts, 'discreet@example.test', { discreet: 'on' })
    await ask(discreet)
    await newestLink(parts, discreet.address, '/delete/')
    const [, lesson, proof] = mailsTo(discreet.address)
    expect(proof?.mail.from?.name).toBe(lesson?.mail.from?.name)
    expect(`${proof?.mail.subject} ${proof?.mail.text}`).not.toMatch(/delete everything|course/i)

    const address = 'web.only@example.test'
    const visitor = createVisitor(parts.url)
    await visitor.post('/sign-up', { email: address, timeZone: 'UTC', hour: '7', webOnly: 'on' })
    const [confirmation] = await parts.mail.waitForMail(address)
    if (!confirmation) throw new Error('no confirmation')
    const confirmed = await visitor.post(linkOf(confirmation, '/confirm/'))
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const page = await createVisitor(parts.url).get(/href="(\/l\/[\w-]+)"/.exec(confirmed.text)?.[1] ?? '')
    const stop = /href="(\/stop\/[\w-]+)"/.exec(page.text)?.[1] ?? ''
    await ask({ stopLink: stop })
    await createVisitor(parts.url).post(await newestLink(parts, address, '/delete/'))
    expect(isThere(address)).toBe(false)
  })
})

describe('a sign-up that nobody confirmed', () => {
  const signUp = async (address: string) => {
    const before = mailsTo(address).length
    await createVisitor(parts.url).post('/sign-up', { email: address, timeZone: 'UTC', hour: '7' })
    return linkOf((await parts.mail.waitForMail(address, before + 1))[before] as never, '/stop/')
  }

  test('is deleted at once: nothing can be lost', async () => {
    const stopLink = await signUp('nobody@example.test')
    expect((await ask({ stopLink })).text).toContain('It is deleted')
    expect(isThere('nobody@example.test')).toBe(false)
  })

  test('of somebody who has taken a course does not delete what they wrote there', async () => {
    const joined = await join(parts, 'learner@example.test')
    await joined.visitor.post(joined.stopLink)
    parts.clock.advance(30 * 24 * 60 * MINUTE)
    const stopLink = await signUp(joined.address)
    expect((await ask({ stopLink })).text).toContain('We sent you an email')
    expect(isThere(joined.address)).toBe(true)
  })
})
