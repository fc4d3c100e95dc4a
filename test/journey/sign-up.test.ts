import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { allRows, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { type Answer, createVisitor, type Form } from '../support/visitor.ts'
import { waitFor } from '../support/wait-for.ts'

const HOUR = 3_600_000
let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-01-05T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})

afterAll(() => parts?.close())

const quiet = () => waitUntilIdle(parts.dataDir, parts.clock.now())
const mailsTo = (address: string) => parts.mail.accepted.filter((message) => message.to === address)
const lastMailTo = (address: string) => mailsTo(address).at(-1) as Accepted

async function signUp(address: string, choices: Form = {}): Promise<Answer> {
  const answer = await createVisitor(parts.url).post('/sign-up', { email: address, timeZone: 'UTC', ...choices })
  await quiet()
  return answer
}

/** All that a client can see of an answer, but for the address it sent, the time of day and the count of its own requests. */
function seen(answer: Answer, address = '') {
  const changing = ['date', 'keep-alive']
  // The page repeats the address.
  if (address !== '') changing.push('content-length', 'etag')
  const headers = [...answer.headers].filter(([name]) => !changing.includes(name))
  const text = address === '' ? answer.text : answer.text.replaceAll(address, 'ADDRESS')
  return { status: answer.status, headers, text }
}

test('a sign-up is answered the same for an address unknown, unconfirmed, active, stopped and declined', async () => {
  const active = await join(parts, 'active@example.test')
  const stopped = await join(parts, 'stopped@example.test')
  await stopped.visitor.post(stopped.stopLink)
  await signUp('declined@example.test')
  await createVisitor(parts.url).post(linkOf(lastMailTo('declined@example.test'), '/stop/'))
  await signUp('unconfirmed@example.test')

  const unknown = await signUp('unknown@example.test')
  expect(unknown.status).toBe(200)
  for (const address of ['unconfirmed@example.test', active.address, stopped.address, 'declined@example.test']) {
    const answer = seen(await signUp(address), address)
    expect({ address, ...answer }).toEqual({ address, ...seen(unknown, 'unknown@example.test') })
  }

  const visitor = createVisitor(parts.url)
  const [first, second] = [
    await visitor.postJson('/sign-up', { email: 'unknown-too@example.test' }),
    await visitor.postJson('/sign-up', { email: active.address }),
  ]
  expect(first.status).toBe(200)
  expect(JSON.parse(first.text)).toMatchObject({ ok: true })
  expect(seen(second)).toEqual(seen(first))
})

test('JSON signs up with a name, a zone and an hour, and its mail is the same as the form’s', async () => {
  const choices = { name: 'Noor', timeZone: 'Pacific/Auckland', hour: 6, discreet: false }
  await createVisitor(parts.url).postJson('/sign-up', { email: 'json@example.test', ...choices })
  await quiet()
  await signUp('form@example.test', { ...choices, hour: '6', discreet: '' })
  const [json, form] = [lastMailTo('json@example.test'), lastMailTo('form@example.test')]
  expect(json.mail.subject).toBe(form.mail.subject)
  const rows = queryRows(
    parts.dataDir,
    `select s.name, s.time_zone, s.hour, s.discreet, s.wording from sign_up s join learner l on l.id = s.learner_id
     where l.address in ('json@example.test', 'form@example.test')`,
  )
  expect(rows).toHaveLength(2)
  expect(rows[0]).toEqual(rows[1])
  expect(rows[0]).toMatchObject({ name: 'Noor', time_zone: 'Pacific/Auckland', hour: 6, wording: '2026-11-test' })
})

test.each(['علی‌رضا', 'අනුශ්‍රී', 'J. R.', 'D’Arcy'])(
  'a lesson for %s has the name whole, joiners and all',
  async (name) => {
    await join(parts, `named-${name.length}@example.test`, { name })
    expect(lastMailTo(`named-${name.length}@example.test`).mail.text).toContain(name)
  },
)

test('what is not one plain address gets a clear 400, in a page and in JSON, and reaches nobody', async () => {
  const before = allRows(parts.dataDir)
  const bad = [
    '',
    'nobody',
    'a@example.test, b@example.test',
    'Friends: a@example.test, b@example.test;',
    'Ada <ada@example.test>',
    'ada@example.test\r\nBcc: eve@example.test',
    'ada@example.test\u0000',
    `${'a'.repeat(65)}@example.test`,
    `ada@${'x'.repeat(250)}.test`,
  ]
  for (const email of bad) {
    const visitor = createVisitor(parts.url)
    const page = await visitor.post('/sign-up', { email })
    expect({ email, status: page.status }).toEqual({ email, status: 400 })
    expect(page.text).toContain('id="fault-email"')
    const json = await visitor.postJson('/sign-up', { email })
    expect({ email, status: json.status }).toEqual({ email, status: 400 })
    expect(JSON.parse(json.text).fields.email).toMatch(/[.?]$/)
  }
  for (const body of [['a@example.test'], { email: ['a@example.test', 'b@example.test'] }, 'a@example.test']) {
    expect((await createVisitor(parts.url).postJson('/sign-up', body)).status).toBe(400)
  }
  const twice = await createVisitor(parts.url).post('/sign-up', { email: ['a@example.test', 'b@example.test'] })
  expect(twice.status).toBe(400)
  expect(allRows(parts.dataDir)).toEqual(before)
})

test('whoever fills the trap is thanked and gets nothing', async () => {
  const honest = await signUp('honest@example.test')
  const before = allRows(parts.dataDir)
  const trapped = await signUp('trapped@example.test', { website: 'https://spam.example' })
  expect(seen(trapped, 'trapped@example.test')).toEqual(seen(honest, 'honest@example.test'))
  expect(allRows(parts.dataDir)).toEqual(before)
})

test('an address gets three sign-up mails a day at the most, in whatever spelling, and again the next day', async () => {
  for (const spelling of ['often@example.test', 'OFTEN@example.test', 'often@EXAMPLE.test']) await signUp(spelling)
  expect(parts.mail.accepted.filter((message) => message.to.toLowerCase() === 'often@example.test')).toHaveLength(3)
  for (let more = 0; more < 3; more += 1) await signUp('Often@example.test')
  expect(parts.mail.accepted.filter((message) => message.to.toLowerCase() === 'often@example.test')).toHaveLength(3)
  parts.clock.advance(24 * HOUR + 1)
  await signUp('often@example.test')
  expect(parts.mail.accepted.filter((message) => message.to.toLowerCase() === 'often@example.test')).toHaveLength(4)
})

test('a burst of sign-ups for one address sends three mails, in whatever order they are taken up', async () => {
  await Promise.all(
    Array.from({ length: 12 }, () =>
      createVisitor(parts.url).post('/sign-up', { email: 'burst@example.test', timeZone: 'UTC' }),
    ),
  )
  await quiet()
  expect(mailsTo('burst@example.test')).toHaveLength(3)
})

test('someone who is taking the course gets a note with the next lesson’s time, and nothing changes', async () => {
  const { address } = await join(parts, 'again@example.test')
  const enrolments = () => queryRows(parts.dataDir, 'select * from enrolment')
  const before = enrolments()
  await signUp(address, { name: 'Somebody Else', timeZone: 'Asia/Tokyo', hour: '3' })
  const note = lastMailTo(address)
  expect(mailsTo(address)).toHaveLength(3)
  expect(note.mail.subject).toContain('already signed up')
  expect(note.mail.text).toContain('tomorrow')
  expect(note.mail.text).toMatch(/7:00\sAM/)
  expect(note.mail.text).not.toContain('Somebody')
  expect(note.mail.html).not.toContain('/confirm/')
  expect(enrolments()).toEqual(before)
})

test('someone who stopped a month ago must confirm again, and goes on where the course stopped', async () => {
  const { address, stopLink } = await join(parts, 'returning@example.test')
  const visitor = createVisitor(parts.url)
  await visitor.post(stopLink)
  parts.clock.advance(30 * 24 * HOUR)
  await signUp(address, { timeZone: 'Europe/Berlin', hour: '9' })
  const mail = lastMailTo(address)
  expect(mail.mail.subject).toContain('Welcome back')
  const states = () =>
    queryRows(
      parts.dataDir,
      `select d.day, d.state, d.due_at from delivery d join learner l on l.id = d.learner_id
       where l.address = ? and d.kind = 'lesson' order by d.day`,
      address,
    )
  expect(states().map((row) => row.state)).toEqual(['sent', 'cancelled', 'cancelled'])
  expect((await visitor.post(linkOf(mail, '/confirm/'))).status).toBe(200)
  expect(states().map((row) => row.state)).toEqual(['sent', 'planned', 'planned'])
  const next = new Date(states()[1]?.due_at as number)
  expect(next.toISOString()).toBe(new Date(nextBerlinMorning(9)).toISOString())
})

test('a confirmation link works once, is harmless afterwards, and is refused after 48 hours', async () => {
  await signUp('late@example.test')
  await signUp('punctual@example.test')
  const late = linkOf(lastMailTo('late@example.test'), '/confirm/')
  const punctual = linkOf(lastMailTo('punctual@example.test'), '/confirm/')
  const visitor = createVisitor(parts.url)

  parts.clock.advance(48 * HOUR - 1)
  expect((await visitor.post(punctual)).status).toBe(200)
  await quiet()
  parts.clock.advance(1)
  await quiet()
  const before = allRows(parts.dataDir)
  for (const answer of [await visitor.get(late), await visitor.post(late)]) {
    expect(answer.status).toBe(410)
    expect(answer.text).toContain('has expired')
  }
  parts.clock.advance(365 * 24 * HOUR)
  await quiet()
  // What goes by itself is gone, and only its record is still written.
  const old =
    'select id from sign_up where confirmed_at is null union all select at from mailbox_mail union all select stopped_at from mailbox_stop union all select hash from session'
  await waitFor(() => queryRows(parts.dataDir, old).length === 0, 'what is old to be forgotten')
  const rows = (): ReturnType<typeof allRows> => ({ ...allRows(parts.dataDir), upkeep: [] })
  const aYearLater = rows()
  expect((await visitor.get(punctual)).status).toBe(200)
  expect((await visitor.post(punctual)).status).toBe(200)
  // It leads to the days.
  expect((await visitor.post(punctual)).text).toContain('/l/')
  expect(rows()).toEqual(aYearLater)
  expect(before.enrolment).toHaveLength(aYearLater.enrolment?.length ?? 0)
  expect((await visitor.post(`${punctual}x`)).status).toBe(404)
})

test('a confirmation link of a stopped course starts nothing again and claims nothing', async () => {
  const { confirmation, visitor, stopLink } = await join(parts, 'finished@example.test')
  await visitor.post(stopLink)
  const before = allRows(parts.dataDir)
  const answer = await visitor.post(linkOf(confirmation, '/confirm/'))
  expect(allRows(parts.dataDir)).toEqual(before)
  expect(answer.text).not.toContain('on its way')
})

test('who wants no mail is given the way to the first page on the spot', async () => {
  await signUp('web-only@example.test', { webOnly: 'on' })
  const visitor = createVisitor(parts.url)
  const answer = await visitor.post(linkOf(lastMailTo('web-only@example.test'), '/confirm/'))
  await quiet()
  const path = /href="(\/l\/[^"]+)"/.exec(answer.text)?.[1] ?? ''
  expect(path).not.toBe('')
  const page = await visitor.get(path)
  expect(page.text).toContain('<form id="answers"')
  expect(mailsTo('web-only@example.test')).toHaveLength(1)
})

/** 07:00 and such in Berlin on the day after the clock's; the tests stay in winter time. */
function nextBerlinMorning(hour: number): number {
  const day = new Date(parts.clock.now() + HOUR)
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 1, hour - 1)
}

test('the email, the page with the button and the page after it agree on when the first lesson comes', async () => {
  const visitor = createVisitor(parts.url)
  await signUp('agree@example.test', { timeZone: 'Asia/Tokyo', hour: '7' })
  const first = lastMailTo('agree@example.test')
  const link = linkOf(first, '/confirm/')
  const flat = (text: string | false | undefined) => String(text).replace(/\s+/g, ' ')
  expect(flat(first.mail.text)).toContain('Click the button and the first one comes in a few minutes.')
  expect(flat((await visitor.get(link)).text)).toContain('The first lesson comes in a few minutes.')
  const begun = flat((await visitor.post(link)).text)
  expect(begun).toMatch(/comes to your inbox in a few minutes\. The next one comes (?:today|tomorrow|on)\b.*7:00\sAM\./)
  await quiet()
  const [lesson] = queryRows(
    parts.dataDir,
    `select d.first_dot_at, d.created_at from delivery d join learner l on l.id = d.learner_id
     where l.address = 'agree@example.test' and d.day = 1`,
  )
  expect(Number(lesson?.first_dot_at) - parts.clock.now()).toBeLessThanOrEqual(0)

  await visitor.post(linkOf(lastMailTo('agree@example.test'), '/stop/'))
  // Nothing is sent on request before.
  parts.clock.advance(30 * 24 * HOUR)
  await quiet()
  await signUp('agree@example.test', { timeZone: 'Asia/Tokyo', hour: '7' })
  const again = lastMailTo('agree@example.test')
  expect(flat(again.mail.text)).toContain('go on where you stopped')
  const next = linkOf(again, '/confirm/')
  expect(flat((await visitor.get(next)).text)).toContain('The next lesson comes at the hour you chose.')
  const resumed = flat((await visitor.post(next)).text)
  expect(resumed).toMatch(/The next lesson comes (?:today|tomorrow|on)\b.*7:00\sAM\./)
  expect(resumed).not.toContain('in a few minutes')
})
