import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { MAX_INBOUND_BYTES } from '../../src/core/reports/inbound-email.ts'
import { complaintsAddress, deliveryTag, returnPathOf } from '../../src/core/reports/return-address.ts'
import { applyEvents } from '../../src/flow/reports/apply-event.ts'
import { receiveReport } from '../../src/flow/reports/receive-report.ts'
import { allRows, changeDatabase, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { rowsOf, statesOf, suppressionOf } from '../support/database/delivery-rows.ts'
import { headerOf } from '../support/mail-links.ts'
import { complaintReport, deliverReport, deliveryReport } from '../support/sample-reports.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { waitFor } from '../support/wait-for.ts'

const DOMAIN = 'bounces.course.example'
const DAY = 86_400_000
let parts: TestApp
let port: number
const logged: unknown[] = []

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', RETURN_PATH_DOMAIN: DOMAIN, BOUNCE_PORT: '0' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    jest.spyOn(parts.app.log, level).mockImplementation((...facts: unknown[]) => void logged.push(facts))
  port = (await parts.app.listenForReports())?.port ?? 0
})

afterAll(() => parts?.close())

interface Sent extends SignedUpLearner {
  readonly deliveryId: number
  readonly returnPath: string
}

/** Somebody who has had the first lesson, and the row and the return path of that lesson. */
async function joinAs(name: string, domain = 'example.test'): Promise<Sent> {
  const joined = await join(parts, `${name}@${domain}`)
  // The mail is here before its row says so.
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const row = rowsOf(parts, joined.address).find((delivery) => delivery.day === 1)
  const deliveryId = Number(row?.id)
  return { ...joined, deliveryId, returnPath: returnPathOf(parts.app.ports.keys, deliveryId, DOMAIN) }
}

const streamOf = () => queryRows(parts.dataDir, 'select state, probe_at, reason from stream')[0]

/** Waits until every report that was taken is applied. */
const applied = () =>
  waitFor(
    () => queryRows(parts.dataDir, 'select id from mail_event where applied_at is null').length === 0,
    'every report applied',
  )

/** Keeps a report as the listener does, and leaves it to the sweep. */
function keep(recipient: string, text: string) {
  const head = Buffer.from(text)
  return receiveReport(parts.app.ports, { recipient, head, digest: createHash('sha256').update(head).digest() })
}

/** Everything but the reports themselves. */
function rowsBesideReports() {
  const { mail_event: _reports, sqlite_sequence: _ids, ...rest } = allRows(parts.dataDir)
  return rest
}

test('every mail leaves with a return path of its own, while From stays, and offers to stop by mail', async () => {
  const { address, returnPath, confirmation } = await joinAs('envelope')
  const [, lesson] = await parts.mail.waitForMail(address, 2)
  expect(lesson?.from).toBe(returnPath)
  expect(confirmation.from).toMatch(/^bounce\+\d+-[a-z2-7]{16}@bounces\.course\.example$/)
  expect(confirmation.from).not.toBe(returnPath)
  expect(lesson?.mail.from?.address).toBe('course@bootcamp.example')
  expect(headerOf(lesson as never, 'List-Unsubscribe')).toMatch(
    /^<http[^<>]+>, <mailto:unsubscribe\+[0-9a-f]+@bounces\.course\.example\?subject=stop>$/,
  )
})

test('a dead address is suppressed at once and all that waited for it is cancelled', async () => {
  const { address, returnPath } = await joinAs('dead')
  expect(await deliverReport(port, returnPath, deliveryReport({ to: returnPath }))).toBe(250)
  await applied()
  expect(statesOf(parts, address)).toEqual(['sent', 'cancelled', 'cancelled'])
  expect(suppressionOf(parts, address)).toEqual(['dead-address'])
})

test('the same report, brought again because our answer was lost, is kept and counted once', async () => {
  const { returnPath } = await joinAs('twice')
  const count = () => Number(queryRows(parts.dataDir, 'select sum(bounced) as n from mail_day')[0]?.n)
  const [events, before] = [queryRows(parts.dataDir, 'select id from mail_event').length, count()]
  for (let time = 0; time < 3; time += 1)
    expect(await deliverReport(port, returnPath, deliveryReport({ to: returnPath }))).toBe(250)
  await applied()
  expect(queryRows(parts.dataDir, 'select id from mail_event')).toHaveLength(events + 1)
  expect(count()).toBe(before + 1)
})

test('a report whose process ended before applying it is applied by the sweep, and one that fails holds up no other', async () => {
  const { address, returnPath } = await joinAs('crashed')
  const broken = jest.spyOn(parts.app.ports, 'readReport').mockRejectedValueOnce(new Error('broken by the test'))
  await keep(returnPath, 'nothing of meaning')
  await keep(returnPath, deliveryReport({ to: returnPath }))
  const waiting = () =>
    queryRows(parts.dataDir, 'select attempts, try_at from mail_event where applied_at is null and attempts > 0')
  await waitFor(() => suppressionOf(parts, address).length > 0, 'the second report applied')
  broken.mockRestore()
  expect(waiting()).toEqual([{ attempts: 1, try_at: parts.clock.now() + 60_000 }])
  parts.clock.advance(60_000)
  await applied()
  expect(suppressionOf(parts, address)).toEqual(['dead-address'])
})

test('two processes that apply the same reports count each once', async () => {
  const { returnPath } = await joinAs('racing')
  const count = () => Number(queryRows(parts.dataDir, 'select sum(bounced) as n from mail_day')[0]?.n)
  const before = count()
  await keep(returnPath, deliveryReport({ to: returnPath }))
  await Promise.all(Array.from({ length: 5 }, () => applyEvents(parts.app.ports)))
  await applied()
  expect(count()).toBe(before + 1)
})

test('a complaint stops every course and suppresses the address', async () => {
  const { address, returnPath } = await joinAs('complaint')
  const loop = complaintsAddress(parts.app.ports.keys, DOMAIN)
  expect(await deliverReport(port, loop, complaintReport({ mailFrom: returnPath }))).toBe(250)
  await applied()
  expect(statesOf(parts, address)).toEqual(['sent', 'cancelled', 'cancelled'])
  expect(suppressionOf(parts, address)).toEqual(['complaint'])
  const states = queryRows(
    parts.dataDir,
    'select e.state from enrolment e join learner l on l.id = e.learner_id where l.address = ?',
    address,
  )
  expect(states).toEqual([{ state: 'stopped' }])
})

test('a complaint about a message known by its Message-ID alone is understood too', async () => {
  const { address } = await joinAs('by-message-id')
  const messageId = String(rowsOf(parts, address)[0]?.message_id)
  await deliverReport(port, complaintsAddress(parts.app.ports.keys, DOMAIN), complaintReport({ messageId }))
  await applied()
  expect(suppressionOf(parts, address)).toEqual(['complaint'])
})

test('a mail to the address in List-Unsubscribe stops the course', async () => {
  const { address } = await joinAs('by-mail')
  const [, lesson] = await parts.mail.waitForMail(address, 2)
  const to = /<mailto:([^?>]+)/.exec(headerOf(lesson as never, 'List-Unsubscribe') ?? '')?.[1] ?? ''
  expect(await deliverReport(port, to, `From: ${address}\r\nSubject: stop\r\n\r\n`, address)).toBe(250)
  await applied()
  expect(statesOf(parts, address)).toEqual(['sent', 'cancelled', 'cancelled'])
  expect(suppressionOf(parts, address)).toEqual([])
})

test('mail for any other address is refused with 550, and changes nothing', async () => {
  const { returnPath, deliveryId } = await joinAs('forged')
  const before = allRows(parts.dataDir)
  logged.length = 0
  const forged = [
    returnPath.replace(/.@/, (end) => (end[0] === 'a' ? 'b@' : 'a@')),
    returnPath.replace(`+${deliveryId}-`, `+${deliveryId - 1}-`),
    `complaints+aaaaaaaaaaaaaaaa@${DOMAIN}`,
    `postmaster@${DOMAIN}`,
    'somebody@example.test',
  ]
  for (const address of forged) expect(await deliverReport(port, address, deliveryReport({ to: address }))).toBe(550)
  expect(allRows(parts.dataDir)).toEqual(before)
  const text = JSON.stringify(logged)
  expect(text).toContain('was refused')
  expect(text).not.toContain('@')
})

test('a report about a deleted delivery changes nothing and is logged without an address', async () => {
  const address = returnPathOf(parts.app.ports.keys, 9_999_999, DOMAIN)
  const before = rowsBesideReports()
  logged.length = 0
  expect(await deliverReport(port, address, deliveryReport({ to: address }))).toBe(250)
  await applied()
  expect(rowsBesideReports()).toEqual(before)
  const text = JSON.stringify(logged)
  expect(text).toContain('refers to no known delivery')
  expect(text).not.toContain('@')
})

test('a report of ten megabytes is refused with 552, announced or not, and nothing of it is kept', async () => {
  const { address, returnPath } = await joinAs('large')
  const before = rowsBesideReports()
  const events = queryRows(parts.dataDir, 'select id from mail_event').length
  const large = `${deliveryReport({ to: returnPath })}${'more and more\r\n'.repeat(700_000)}`
  expect(large.length).toBeGreaterThan(9 * 1024 * 1024)
  logged.length = 0
  expect(await deliverReport(port, returnPath, large)).toBe(552)
  expect(await announce(returnPath, 10_000_000)).toMatch(/^552 /)
  expect(queryRows(parts.dataDir, 'select id from mail_event')).toHaveLength(events)
  expect(rowsBesideReports()).toEqual(before)
  expect(JSON.stringify(logged)).toContain('too large')
  expect(JSON.stringify(logged)).not.toContain('@')
  expect(statesOf(parts, address)).toEqual(['sent', 'planned', 'planned'])
  expect(MAX_INBOUND_BYTES).toBeLessThan(10_000_000)
})

test('a report in a charset that does not exist is applied like any other', async () => {
  const { address, returnPath } = await joinAs('charset')
  expect(await deliverReport(port, returnPath, deliveryReport({ to: returnPath, charset: 'no-such-charset' }))).toBe(
    250,
  )
  await applied()
  expect(suppressionOf(parts, address)).toEqual(['dead-address'])
})

test('an answer from somebody on holiday is noted and changes nothing', async () => {
  const { address, returnPath } = await joinAs('holiday')
  const before = rowsBesideReports()
  const raw = `From: ${address}\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nBack in May. 550 5.1.1 user unknown\r\n`
  expect(await deliverReport(port, returnPath, raw)).toBe(250)
  await applied()
  expect(rowsBesideReports()).toEqual(before)
})

test('a bounce of an unconfirmed message settles it; a report of a delay proves that a server has it', async () => {
  const outcomes: unknown[] = []
  for (const [name, report] of [
    ['unconfirmed-dead', {}],
    ['unconfirmed-late', { action: 'delayed', status: '4.0.0', diagnostic: '451 later' }],
    ['unconfirmed-full', { status: '4.2.2', diagnostic: '452 4.2.2 over quota' }],
  ] as const) {
    const { address, deliveryId, returnPath } = await joinAs(name)
    // As it is after the connection was lost behind the last byte.
    changeDatabase(
      parts.dataDir,
      `update delivery set state = 'unconfirmed', settled_at = null, due_at = ${parts.clock.now() + 900_000} where id = ${deliveryId}`,
    )
    await deliverReport(port, returnPath, deliveryReport({ to: returnPath, ...report }))
    await applied()
    outcomes.push(statesOf(parts, address)[0])
  }
  expect(outcomes).toEqual(['failed', 'sent', 'unconfirmed'])
})

test('a full mailbox is noted twice, and the third lesson in a row that meets it pauses the course', async () => {
  const { address, visitor, stopLink } = await joinAs('full')
  for (const day of [1, 2, 3]) {
    if (day > 1) {
      parts.clock.set(Number(rowsOf(parts, address)[day - 1]?.due_at))
      await parts.mail.waitForMail(address, day + 1)
      await waitUntilIdle(parts.dataDir, parts.clock.now())
    }
    const to = returnPathOf(parts.app.ports.keys, Number(rowsOf(parts, address)[day - 1]?.id), DOMAIN)
    expect(enrolmentOf(address)).toBe('active')
    await deliverReport(port, to, deliveryReport({ to, status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' }))
    await applied()
  }
  expect(enrolmentOf(address)).toBe('stopped')
  expect(statesOf(parts, address)).toEqual(['sent', 'sent', 'sent', 'cancelled'])
  expect(suppressionOf(parts, address)).toEqual([])
  // Nobody is written off: the stop page starts it again.
  expect((await visitor.post(`${stopLink}/restart`)).status).toBe(200)
  expect(enrolmentOf(address)).toBe('active')
})

test('refusals for policy blame nobody: of three learners at three domains they pause sending for a while', async () => {
  // Of these alone.
  changeDatabase(parts.dataDir, "delete from setback where kind = 'stream'")
  const policy = { status: '5.7.1', diagnostic: '550 5.7.1 rejected due to policy' }
  const people = [
    await joinAs('policy-1', 'one.example'),
    await joinAs('policy-2', 'two.example'),
    await joinAs('policy-3', 'mail.two.example'),
    await joinAs('policy-4', 'three.example'),
  ]
  for (const [index, { returnPath, address }] of people.entries()) {
    expect(await deliverReport(port, returnPath, deliveryReport({ to: returnPath, ...policy }))).toBe(250)
    await applied()
    if (index < 3) expect([index, streamOf()]).toEqual([index, expect.objectContaining({ state: 'open' })])
    expect(suppressionOf(parts, address)).toEqual([])
    expect(statesOf(parts, address)).toEqual(['sent', 'planned', 'planned'])
  }
  await waitFor(() => streamOf()?.state === 'paused', 'the pause')
  expect(streamOf()).toMatchObject({
    probe_at: parts.clock.now() + 15 * 60_000,
    reason: 'servers of 4 learners at 3 domains refused email for its sender or content',
  })
  const mails = parts.mail.accepted.length
  parts.clock.advance(14 * 60_000)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(parts.mail.accepted).toHaveLength(mails)
  parts.clock.advance(2 * DAY)
  await waitFor(() => parts.mail.accepted.length > mails, 'mail to flow again')
  await waitFor(() => streamOf()?.state === 'open', 'the end of the pause')
})

test('what is kept of reports goes with its learner, and after a month', async () => {
  const { address, returnPath } = await joinAs('erased')
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  await deliverReport(port, returnPath, deliveryReport({ to: returnPath }))
  await applied()
  const learner = queryRows(parts.dataDir, 'select id from learner where address = ?', address)[0]?.id
  const kept = () => queryRows(parts.dataDir, 'select id from mail_event where learner_id = ?', learner).length
  expect(kept()).toBe(1)
  await parts.app.ports.store.learners.erase(Number(learner))
  expect(kept()).toBe(0)
  // The suppression survives, by its hash alone.
  expect(
    queryRows(parts.dataDir, "select reason from suppression where reason = 'dead-address'").length,
  ).toBeGreaterThan(0)
  const all = () => queryRows(parts.dataDir, 'select id from mail_event').length
  expect(all()).toBeGreaterThan(0)
  parts.clock.advance(31 * DAY)
  await waitFor(() => all() === 0, 'reports of last month forgotten')
})

/** What the server says to a sender that announces the size beforehand (RFC 1870). */
async function announce(to: string, size: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    for (;;) {
      const { value = '', done } = await lines.next()
      if (done || /^\d{3} /.test(value)) return value
    }
  }
  await next()
  socket.write('EHLO mx.example\r\n')
  await next()
  socket.write(`MAIL FROM:<> SIZE=${size}\r\nRCPT TO:<${to}>\r\n`)
  const answer = await next()
  socket.destroy()
  return answer
}

test('a tag says which delivery it is, and nothing of the person', () => {
  expect(deliveryTag(parts.app.ports.keys, 3)).toMatch(/^3-[a-z2-7]{16}$/)
})

function enrolmentOf(address: string) {
  return queryRows(
    parts.dataDir,
    'select e.state from enrolment e join learner l on l.id = e.learner_id where l.address = ?',
    address,
  )[0]?.state
}
