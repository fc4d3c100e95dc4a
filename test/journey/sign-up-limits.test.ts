import { createHash, createHmac } from 'node:crypto'
import { cpSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { unsubscribeAddress } from '../../src/core/reports/return-address.ts'
import { receiveReport } from '../../src/flow/reports/receive-report.ts'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { newestLink } from '../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor, type Form } from '../support/visitor.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const DOMAIN = 'bounces.course.example'
const MAILGUN_KEY = 'key-0123456789abcdef'
let parts: TestApp
let folder: Awaited<ReturnType<typeof createTempFolder>>

beforeAll(async () => {
  folder = await createTempFolder()
  for (const name of ['three-days', 'other-days'])
    cpSync(joinPath(FIXTURE_COURSES, 'three-days'), joinPath(folder.path, name), { recursive: true })
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', RETURN_PATH_DOMAIN: DOMAIN, MAILGUN_SIGNING_KEY: MAILGUN_KEY },
    overrides: { lessonsDir: folder.path },
    worker: true,
  })
})

afterAll(async () => {
  await parts?.close()
  await folder.remove()
})

const quiet = () => waitUntilIdle(parts.dataDir, parts.clock.now())
const mailsTo = (...addresses: string[]) => parts.mail.accepted.filter((message) => addresses.includes(message.to))
const lastMailTo = (address: string) => mailsTo(address).at(-1) as Accepted
const post = (link: string, form: Form = {}) => createVisitor(parts.url).post(link, form)

async function signUp(address: string, choices: Form = {}) {
  const answer = await post('/sign-up', { email: address, timeZone: 'UTC', ...choices })
  await quiet()
  return answer
}

/** Whether signing this address up sends anything. */
async function isSilent(address: string, choices: Form = {}): Promise<boolean> {
  const before = mailsTo(address).length
  expect((await signUp(address, choices)).status).toBe(200)
  return mailsTo(address).length === before
}

describe('limits', () => {
  test('count the spellings of one mailbox as one, and keep the address as typed', async () => {
    const spellings = ['v.ictim@gmail.com', 'victim+1@gmail.com', 'victim@googlemail.com', 'VICTIM+x.y@Gmail.com']
    for (const spelling of [...spellings, ...spellings]) await signUp(spelling)
    const sent = parts.mail.accepted.filter(({ to }) => /@(gmail|googlemail)\.com$/i.test(to)).map(({ to }) => to)
    expect(sent).toEqual(['v.ictim@gmail.com', 'victim+1@gmail.com', 'victim@googlemail.com'])
    parts.clock.advance(DAY)
    await signUp('victim+2@gmail.com')
    expect(mailsTo('victim+2@gmail.com')).toHaveLength(1)
  })

  test('hold for spellings that arrive together', async () => {
    const spellings = Array.from({ length: 12 }, (_, index) => `together+${index}@example.test`)
    await Promise.all(spellings.map((email) => post('/sign-up', { email, timeZone: 'UTC' })))
    await quiet()
    expect(mailsTo(...spellings)).toHaveLength(3)
  })

  test('survive a restart and an erasure', async () => {
    const address = 'erased@example.test'
    await signUp(address)
    const stop = linkOf(lastMailTo(address), '/stop/')
    await signUp('erased+again@example.test')
    expect((await post(`${stop}/delete`)).status).toBe(200)
    expect(queryRows(parts.dataDir, 'select id from learner where address = ?', address)).toEqual([])
    // As if the person had come back, so that only the limit is left.
    await parts.app.ports.store.transaction(async (unit) => {
      for (const { mailbox_key } of queryRows(parts.dataDir, 'select mailbox_key from mailbox_stop'))
        await unit.mailboxes.resume(String(mailbox_key))
    })
    await parts.restart()
    await signUp(address)
    await signUp(address)
    await signUp('erased+third@example.test')
    expect(mailsTo(address, 'erased+again@example.test', 'erased+third@example.test')).toHaveLength(3)
    for (const table of ['mailbox_mail', 'mailbox_stop'])
      expect(JSON.stringify(queryRows(parts.dataDir, `select * from ${table}`))).not.toMatch(/example|@/)
  })

  test('hold for links to read back, across an erasure too', async () => {
    const learner = await join(parts, 'reader@example.test')
    const ask = () => learner.visitor.post(`${learner.lessonLink}/read`)
    const asked = await Promise.all(Array.from({ length: 8 }, ask))
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(5)
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(3)
    await quiet()
    expect(mailsTo('reader@example.test')).toHaveLength(7)
  })

  test('hold for links to delete everything, for all spellings together, and count nothing else', async () => {
    const learners = [await join(parts, 'deleter@example.test'), await join(parts, 'deleter+x@example.test')]
    const asked = await Promise.all(
      [...learners, ...learners, ...learners].map(({ stopLink }) => post(`${stopLink}/delete`)),
    )
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(3)
    await quiet()
    expect(mailsTo('deleter@example.test', 'deleter+x@example.test')).toHaveLength(7)
    const { visitor, lessonLink } = learners[0] as SignedUpLearner
    expect((await visitor.post(`${lessonLink}/read`)).status).toBe(200)
    parts.clock.advance(DAY)
    expect((await post(`${learners[1]?.stopLink}/delete`)).status).toBe(200)
  })
})

describe('after a stop nothing is sent on request for 30 days', () => {
  /** Every way in which a person, or a program for them, says stop. */
  const ways: Readonly<Record<string, (learner: SignedUpLearner) => Promise<unknown>>> = {
    'the button': ({ stopLink }) => post(stopLink),
    'one click': ({ stopLink }) => post(stopLink, { 'List-Unsubscribe': 'One-Click' }),
    'an email': ({ stopLink }) =>
      mailTo(unsubscribeAddress(new URL(stopLink).pathname.split('/').at(-1) ?? '', DOMAIN)),
    'a webhook': ({ address }) => mailgun(address, { event: 'unsubscribed' }),
    'a complaint': ({ address }) => mailgun(address, { event: 'complained' }),
    'deleting everything': ({ visitor, stopLink }) => visitor.post(`${stopLink}/delete`),
  }

  async function mailTo(recipient: string) {
    const head = Buffer.from('Subject: stop\r\n\r\nstop\r\n')
    await receiveReport(parts.app.ports, { recipient, head, digest: createHash('sha256').update(head).digest() })
    parts.app.ports.hooks.wake()
  }

  async function mailgun(address: string, data: object) {
    const timestamp = String(Math.floor(parts.clock.now() / 1_000))
    const token = `token-${address}`
    const signature = createHmac('sha256', MAILGUN_KEY)
      .update(timestamp + token)
      .digest('hex')
    const id = lastMailTo(address).mail.messageId?.replace(/[<>]/g, '')
    const body = {
      signature: { timestamp, token, signature },
      'event-data': { id: token, message: { headers: { 'message-id': id } }, ...data },
    }
    expect((await createVisitor(parts.url).postJson('/hooks/mailgun', body)).status).toBe(200)
  }

  const stops = () => queryRows(parts.dataDir, 'select count(*) as n from mailbox_stop')[0]?.n as number

  test.each(Object.keys(ways))('by %s: not to any spelling, for any course, whatever was planned', async (name) => {
    const address = `stop.${name.replaceAll(' ', '-')}@gmail.com`
    const learner = await join(parts, address)
    const before = stops()
    await ways[name]?.(learner)
    for (let tries = 0; tries < 200 && stops() === before; tries += 1) await new Promise((r) => setTimeout(r, 10))
    await quiet()
    expect(await isSilent(address)).toBe(true)
    expect(await isSilent(address, { course: 'other-days' })).toBe(true)
    expect(await isSilent(address.replace('stop.', 'stop').replace('@', '+a@'))).toBe(true)
    await learner.visitor.post(`${learner.lessonLink}/read`)
    await quiet()
    expect(mailsTo(address)).toHaveLength(2)

    parts.clock.advance(30 * DAY - 1)
    await quiet()
    expect(await isSilent(address)).toBe(true)
    parts.clock.advance(1)
    // Whoever complained is not written to at this address again.
    expect(await isSilent(address)).toBe(name === 'a complaint')
  })

  test('by “I did not ask for this”, where nothing can start again', async () => {
    const address = 'not-me@example.test'
    await signUp(address)
    const first = lastMailTo(address)
    await post(linkOf(first, '/stop/'))
    expect(await isSilent(address)).toBe(true)
    await post(`${linkOf(first, '/stop/')}/restart`)
    expect(await isSilent(address)).toBe(true)
    parts.clock.advance(30 * DAY)
    await quiet()
    expect(await isSilent(address)).toBe(false)
  })

  test('but starting again on the stop page is the way back, for every spelling', async () => {
    const learner = await join(parts, 'back@example.test')
    await post(learner.stopLink)
    expect(await isSilent('back+1@example.test')).toBe(true)
    expect((await post(`${learner.stopLink}/restart`)).status).toBe(200)
    await quiet()
    expect(await isSilent('back+1@example.test')).toBe(false)
    expect((await learner.visitor.post(`${learner.lessonLink}/read`)).status).toBe(200)
    await quiet()
    expect(lastMailTo('back@example.test').mail.text).toContain('/read/')
  })

  test('and so is the link of an earlier email, which confirms', async () => {
    const address = 'two-links@example.test'
    await signUp(address)
    const first = lastMailTo(address)
    await signUp(address)
    await post(linkOf(lastMailTo(address), '/stop/'))
    expect(await isSilent(address)).toBe(true)
    expect((await post(linkOf(first, '/confirm/'))).status).toBe(200)
    await quiet()
    expect(mailsTo(address)).toHaveLength(3)
    expect(await isSilent(address)).toBe(false)
  })

  test('also to whoever is active in another course, whose lessons go on', async () => {
    const address = 'two-courses@example.test'
    const one = await join(parts, address)
    await join(parts, address, { course: 'other-days' })
    await post(one.stopLink)
    const before = mailsTo(address).length
    expect(await isSilent(address)).toBe(true)
    expect(await isSilent(address, { course: 'other-days' })).toBe(true)
    parts.clock.advance(DAY)
    await parts.mail.waitForMail(address, before + 1)
    await quiet()
    expect(mailsTo(address)).toHaveLength(before + 1)
  })

  test('and whoever is active and declined what somebody else typed finds the way back on the stop page', async () => {
    const learner = await join(parts, 'declines@example.test')
    await signUp('declines+x@example.test')
    await post(linkOf(lastMailTo('declines+x@example.test'), '/stop/'))
    const ask = async () => {
      const answer = await learner.visitor.post(`${learner.lessonLink}/read`)
      expect(answer.text).toContain('open the stop link of a lesson')
      await quiet()
      return mailsTo('declines@example.test').filter(({ mail }) => mail.text?.includes('/read/')).length
    }
    expect(await ask()).toBe(0)
    const page = await learner.visitor.get(learner.stopLink)
    expect(page.text).toContain('Send me links again')
    const back = /<form method="post" action="([^"]+)"><button[^>]*>Send me links again/.exec(page.text)?.[1] ?? ''
    expect((await post(new URL(back, parts.url).href)).status).toBe(200)
    expect((await learner.visitor.get(learner.stopLink)).text).not.toContain('Send me links again')
    expect(await ask()).toBe(1)
  })

  test('but the email that deletes everything, and works in every spelling', async () => {
    const learner = await join(parts, 'stop.and.delete@gmail.com')
    await post(learner.stopLink)
    expect((await post(`${learner.stopLink}/delete`)).status).toBe(200)
    const proof = await newestLink(parts, learner.address, '/delete/')
    expect((await post(proof)).text).toContain('It is deleted')
    expect(await isSilent('stopanddelete@gmail.com')).toBe(true)
  })

  test('and the answer says so to everybody, in a page and in JSON', async () => {
    const sentence = 'If you stopped in the last weeks, use a link from an earlier email.'
    expect((await signUp('told@example.test')).text).toContain(sentence)
    const json = await createVisitor(parts.url).postJson('/sign-up', { email: 'told@example.test' })
    expect(json.text).toContain(sentence)
  })
})

describe('whoever chose discreet emails once gets no open one from a sign-up that somebody else typed', () => {
  const isOpen = (address: string) => lastMailTo(address).raw.toString('utf8').includes('Kinder Mornings')

  test('an open sign-up is written openly, so that this test can tell', async () => {
    await signUp('open@example.test')
    expect(isOpen('open@example.test')).toBe(true)
  })

  test.each<[string, Form, string]>([
    ['the same course', {}, 'one@example.test'],
    ['another course', { course: 'other-days' }, 'two@example.test'],
    ['another spelling', {}, 'three+x@example.test'],
  ])('of %s', async (_what, choices, address) => {
    const own = address.replace('+x', '')
    const learner = await join(parts, own, { discreet: 'on' })
    await signUp(address, choices)
    expect(isOpen(address)).toBe(false)
    await post(learner.stopLink)
    parts.clock.advance(31 * DAY)
    await signUp(address, choices)
    const confirmation = lastMailTo(address)
    expect(isOpen(address)).toBe(false)
    const page = await createVisitor(parts.url).get(linkOf(confirmation, '/confirm/'))
    expect(page.text).not.toContain('Kinder Mornings')
    const refusal = await createVisitor(parts.url).get(linkOf(confirmation, '/stop/'))
    expect(refusal.text).not.toContain('Kinder Mornings')
    await post(linkOf(confirmation, '/confirm/'))
    await quiet()
    expect(isOpen(address)).toBe(false)
  })

  test('of one who was never confirmed', async () => {
    await signUp('once@example.test', { discreet: 'on' })
    await signUp('once@example.test')
    expect(isOpen('once@example.test')).toBe(false)
  })
})

test('learners of an earlier version are known by their mailbox once a worker has started', async () => {
  await join(parts, 'earlier@gmail.com', { discreet: 'on' })
  const { openSqlite } = await import('../../src/store/sqlite/open-sqlite.ts')
  const database = openSqlite(joinPath(parts.dataDir, 'bootcamp.db'))
  await database.db.updateTable('learner').set({ mailbox_key: null }).execute()
  await database.close()
  await parts.restart()
  const unknown = () => queryRows(parts.dataDir, 'select id from learner where mailbox_key is null').length
  for (let tries = 0; tries < 200 && unknown() > 0; tries += 1) await new Promise((r) => setTimeout(r, 10))
  expect(unknown()).toBe(0)
  await signUp('ear.lier@googlemail.com')
  expect(lastMailTo('ear.lier@googlemail.com').raw.toString('utf8')).not.toContain('Kinder Mornings')
})
