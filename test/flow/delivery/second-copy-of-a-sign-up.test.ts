import { afterEach, beforeEach, expect, test } from '@jest/globals'
import PostalMime from 'postal-mime'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import type { OutgoingMessage, SmtpResult } from '../../../src/flow/ports/ports.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../../support/visitor.ts'

const ADDRESS = 'twice@example.test'
const MINUTE_MS = 60_000
const ACCEPTED: SmtpResult = { kind: 'accepted', reply: '250 taken' }
const LOST: SmtpResult = { kind: 'lost', stage: 'after-dot', reason: 'the connection was lost' }

let parts: TestApp
let visitor: Visitor
let sent: string[]
let reply: SmtpResult

beforeEach(async () => {
  sent = []
  reply = ACCEPTED
  parts = await createTestApp({
    start: '2026-03-02T05:50:00Z',
    env: { COURSE: 'three-days' },
    overrides: {
      lessonsDir: FIXTURE_COURSES,
      // Replies as the test says; what the relay receives is compared byte by byte.
      mailer: {
        async send(message: OutgoingMessage, confirmHandover: () => Promise<boolean>) {
          if (!(await confirmHandover())) return { kind: 'withdrawn' }
          sent.push(message.raw.toString())
          return reply
        },
        close: async () => {},
      },
    },
  })
  visitor = createVisitor(parts.url)
})

afterEach(() => parts?.close())

test('an email to a learner who comes back is repeated as it was, though the hour of the lessons has passed since', async () => {
  await signUp()
  await deliverDue()
  await visitor.post(await confirmLink(sent[0] ?? ''))
  await deliverDue()
  await visitor.post(/http\S+(\/stop\/[\w.~-]+)/.exec(await textOf(sent[1] ?? ''))?.[1] ?? 'no link')
  parts.clock.set('2026-05-01T04:50:00Z')
  await signUp()
  reply = LOST
  await deliverDue()
  await waitForResend()
  await deliverDue()

  expect(sent).toHaveLength(4)
  expect(await textOf(sent[2] ?? '')).toContain('go on where you stopped')
  expect(sent[3]).toBe(sent[2])
})

test('the learner has confirmed through another email meanwhile: no second copy, as it would say something else', async () => {
  await signUp()
  reply = LOST
  await deliverDue()
  await signUp()
  reply = ACCEPTED
  await deliverDue()
  expect((await visitor.post(await confirmLink(sent[1] ?? ''))).status).toBe(200)
  await waitForResend()
  await deliverDue()

  expect(sent.filter((message) => idOf(message) === idOf(sent[0] ?? ''))).toHaveLength(1)
})

test('what an enrolled learner gets is repeated as it was, though a lesson was sent since', async () => {
  await signUp()
  reply = ACCEPTED
  await deliverDue()
  await visitor.post(await confirmLink(sent[0] ?? ''))
  await deliverDue()
  parts.clock.set('2026-03-03T05:55:00Z')
  await signUp()
  reply = LOST
  await deliverDue()
  const first = sent.at(-1) ?? ''
  reply = ACCEPTED
  await waitForResend()
  await deliverDue()

  const copies = sent.filter((message) => idOf(message) === idOf(first))
  expect(sent).toHaveLength(5)
  expect(copies).toEqual([first, first])
})

async function signUp(): Promise<void> {
  const form = { email: ADDRESS, timeZone: 'Europe/London', hour: '6' }
  expect((await visitor.post('/sign-up', form)).status).toBe(200)
}

async function deliverDue(): Promise<void> {
  const { ports } = parts.app
  for (const id of await ports.store.deliveries.due(parts.clock.now(), 100)) await deliver(ports, id)
}

async function waitForResend(): Promise<void> {
  parts.clock.advance(16 * MINUTE_MS)
}

async function confirmLink(raw: string): Promise<string> {
  return /http\S+\/confirm\/[\w.~-]+/.exec(await textOf(raw))?.[0] ?? 'no link'
}

async function textOf(raw: string): Promise<string> {
  return (await PostalMime.parse(raw)).text ?? ''
}

function idOf(raw: string): string {
  return /^Message-ID: (.*)$/im.exec(raw)?.[1] ?? 'none'
}
