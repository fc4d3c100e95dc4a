import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runSuppression } from '../../../src/cli/suppression.ts'
import { type Delivery, type EnrolmentState, NEVER } from '../../../src/core/model.ts'
import { returnPathOf, unsubscribeAddress } from '../../../src/core/reports/return-address.ts'
import { tokenOf } from '../../../src/core/security/confirmation-token.ts'
import { applyStartingPoint } from '../../../src/flow/assessment/answer-starting-point.ts'
import { recordResult } from '../../../src/flow/delivery/record-result.ts'
import { applyBounce } from '../../../src/flow/enrolment/apply-bounce.ts'
import { changeSettings } from '../../../src/flow/enrolment/change-settings.ts'
import { checkInDay } from '../../../src/flow/enrolment/check-ins.ts'
import { restart } from '../../../src/flow/enrolment/restart.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { askAgain } from '../../../src/flow/exercise/view-check-in.ts'
import { declineToken, lessonToken, stopToken } from '../../../src/flow/find-by-link.ts'
import { applyEvents } from '../../../src/flow/reports/apply-event.ts'
import { receiveReport } from '../../../src/flow/reports/receive-report.ts'
import { receiveHook } from '../../../src/flow/reports/receive-webhook.ts'
import { confirm } from '../../../src/flow/sign-up/confirm.ts'
import { signUp } from '../../../src/flow/sign-up/sign-up.ts'
import { changeDatabase, queryRows } from '../../support/database-rows.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const COURSE = 'steady-week'
const DOMAIN = 'bounces.course.example'
const MAILGUN_KEY = 'key-0123456789abcdef'
const STATES = ['pending', 'active', 'finished', 'stopped'] as const
type State = (typeof STATES)[number]

let parts: TestApp
let people = 0

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE, RETURN_PATH_DOMAIN: DOMAIN, MAILGUN_SIGNING_KEY: MAILGUN_KEY },
  })
})

afterAll(() => parts?.close())

const ports = () => parts.app.ports
const now = () => parts.clock.now()

interface Person {
  readonly address: string
  readonly learnerId: number
  readonly signUpId: number
  /** 0 while pending. */
  readonly enrolmentId: number
  /** The latest message, which reports name. */
  readonly delivery: Delivery
}

/** A person in this state, with check-ins planned where there are any. */
async function personIn(state: State): Promise<Person> {
  people += 1
  const address = `person-${people}@example.test`
  const preferences = {
    name: '',
    timeZone: 'UTC',
    hour: 7,
    discreet: false,
    webOnly: false,
    shortEmails: false,
    track: null,
    overlays: [],
  }
  await signUp(ports(), { course: COURSE, email: address, ...preferences, start: null })
  const all = await rows()
  const asked = all.at(-1) as Delivery
  const signUpId = asked.signUpId ?? 0
  const learnerId = asked.learnerId
  if (state === 'pending') return { address, learnerId, signUpId, enrolmentId: 0, delivery: asked }
  const nonce = (await ports().store.signUps.byId(signUpId))?.nonce ?? ''
  await confirm(ports(), tokenOf(ports().keys, nonce), null)
  const enrolment = await ports().store.enrolments.latest(learnerId, COURSE)
  const enrolmentId = enrolment?.id ?? 0
  const course = ports().courses.get(COURSE)
  if (!enrolment || !course) throw new Error('there is no enrolment')
  const [first] = (await ports().store.deliveries.ofEnrolment(enrolmentId)) as [Delivery]
  if (state !== 'active') {
    await ports().store.transaction(async (unit) => {
      await unit.deliveries.cancelEnrolment(enrolmentId, now())
      await unit.enrolments.move(enrolmentId, 'active', state as EnrolmentState, now())
      if (state === 'finished')
        await unit.deliveries.plan(
          [1, 2].map((week) => ({
            learnerId,
            kind: 'check-in' as const,
            enrolmentId,
            signUpId: null,
            day: checkInDay(course, week),
            dueAt: now(),
          })),
          now(),
        )
    })
  }
  return { address, learnerId, signUpId, enrolmentId, delivery: first }
}

async function rows(): Promise<Delivery[]> {
  const ids = queryRows(parts.dataDir, 'select id from delivery order by id').map(({ id }) => Number(id))
  return Promise.all(ids.map(async (id) => (await ports().store.deliveries.byId(id)) as Delivery))
}

async function report(event: 'unsubscribed' | 'complained', { delivery }: Person): Promise<void> {
  people += 1
  const sender = returnPathOf(ports().keys, delivery.id, DOMAIN)
  const [token, timestamp] = [`token-${people}`, String(Math.floor(now() / 1000))]
  const signature = createHmac('sha256', MAILGUN_KEY).update(timestamp).update(token).digest('hex')
  const body = {
    signature: { token, timestamp, signature },
    'event-data': { id: `event-${people}`, event, envelope: { sender } },
  }
  const answer = await receiveHook(ports(), 'mailgun', { headers: {}, body: Buffer.from(JSON.stringify(body)) })
  expect(answer).toEqual({ kind: 'kept', fresh: 1 })
  expect(await applyEvents(ports())).toBe(1)
}

const askedByMail = new Set<string>()

async function mailTo(token: string): Promise<void> {
  people += 1
  const recipient = unsubscribeAddress(token, DOMAIN)
  const head = Buffer.from('Subject: stop\r\n\r\n')
  // Asked a second time there is nothing left to stop, and it is not even kept.
  const isAgain = askedByMail.has(token)
  askedByMail.add(token)
  const kept = await receiveReport(ports(), { recipient, digest: Buffer.from([people]), head })
  expect(kept).toBe(isAgain ? 'pointless' : 'kept')
  expect(await applyEvents(ports())).toBe(isAgain ? 0 : 1)
}

const linkOf = (person: Person) =>
  person.enrolmentId === 0 ? declineToken(ports(), person.signUpId) : stopToken(ports(), person.enrolmentId)

/** Three full mailboxes in a row, as reports tell of them. */
async function fullMailbox({ enrolmentId, delivery }: Person): Promise<void> {
  const all = enrolmentId === 0 ? [delivery] : await ports().store.deliveries.ofEnrolment(enrolmentId)
  for (const row of all.slice(0, 3)) {
    changeDatabase(parts.dataDir, `update delivery set first_attempt_at = ${now()} where id = ${row.id}`)
    await ports().store.transaction((unit) =>
      applyBounce(unit, row, 'full', { reason: 'mailboxfull', permanent: true }, now()),
    )
  }
}

/** Answers that pause the course. */
const PAUSING = { 'partner-acts': ['neck'] }

const WAYS: Readonly<Record<string, (person: Person) => Promise<unknown>>> = {
  'the stop link, or one click': (person) => stop(ports(), linkOf(person)),
  'an email to the unsubscribe address': (person) => mailTo(linkOf(person)),
  'an unsubscription reported by webhook': (person) => report('unsubscribed', person),
  'a complaint': (person) => report('complained', person),
  'a mailbox that stays full': fullMailbox,
  'an address that a bounce calls dead': ({ delivery }) =>
    ports().store.transaction((unit) =>
      applyBounce(unit, delivery, 'dead', { reason: 'userunknown', permanent: true }, now()),
    ),
  'an address that the relay calls dead': async ({ learnerId }) => {
    const [row] = (await rows()).filter((one) => one.learnerId === learnerId && one.state === 'planned')
    if (row === undefined) return
    const claim = { now: NEVER, leaseUntil: NEVER, owner: 'test', messageId: `${row.id}@t`, day: null, variant: null }
    const taken = (await ports().store.deliveries.claim(row.id, claim)) as Delivery
    const refused = { kind: 'refused', stage: 'rcpt', code: 550, reply: '550 5.1.1 No such user' } as const
    await recordResult(ports(), taken, refused, 'open')
  },
  'an address that an operator suppresses': ({ address }) => runSuppression(ports(), ['add', address]),
  'answers to the assessment': ({ enrolmentId }) =>
    applyStartingPoint(ports(), lessonToken(ports(), enrolmentId, 1), null, PAUSING),
}
/** Only an enrolment has a page with questions. */
const NEEDS_ENROLMENT = ['answers to the assessment']
/** A mailbox that cannot be reached is no refusal: the sign-up waits for its button. */
const LEAVES_PENDING = ['a mailbox that stays full']

const STOPPED: Readonly<Record<State, EnrolmentState | null>> = {
  pending: null,
  active: 'stopped',
  finished: 'finished',
  stopped: 'stopped',
}

const cases = Object.keys(WAYS).flatMap((way) =>
  STATES.filter((state) => state !== 'pending' || !NEEDS_ENROLMENT.includes(way)).map((state) => [way, state] as const),
)

describe('nothing is sent any more', () => {
  test.each(cases)('after %s, to someone who is %s', async (way, state) => {
    const person = await personIn(state)
    const act = WAYS[way] as (person: Person) => Promise<unknown>
    await act(person)
    // Whatever is said twice changes nothing more.
    const once = await ports().store.enrolments.latest(person.learnerId, COURSE)
    if (!way.startsWith('an address')) await act(person)
    const enrolment = await ports().store.enrolments.latest(person.learnerId, COURSE)
    expect(enrolment?.state ?? null).toBe(STOPPED[state])
    expect(enrolment?.state).toBe(once?.state)
    if (enrolment) expect(enrolment.checkInsStoppedAt).not.toBeNull()
    const mine = (await rows()).filter((row) => row.learnerId === person.learnerId)
    const live = mine.filter((row) => row.state === 'planned' || row.state === 'deferred' || row.state === 'leased')
    if (state !== 'pending') expect(live.filter((row) => row.kind !== 'sign-up')).toEqual([])
    for (const row of live)
      if (row.kind === 'sign-up' && state === 'pending' && !LEAVES_PENDING.includes(way))
        expect(await sends(row, person)).toBe(false)
  })

  test('a stop that follows from answers is kept as the learner stopping it', async () => {
    const [byAnswers, byLink] = [await personIn('active'), await personIn('active')]
    await WAYS['answers to the assessment']?.(byAnswers)
    await WAYS['the stop link, or one click']?.(byLink)
    const kept = async ({ enrolmentId }: Person) =>
      (await ports().store.deliveries.ofEnrolment(enrolmentId)).map(({ state, reply, settledAt }) => ({
        state,
        reply,
        settledAt,
      }))
    expect(await kept(byAnswers)).toEqual(await kept(byLink))
    const enrolments = await Promise.all(
      [byAnswers, byLink].map(({ enrolmentId }) => ports().store.enrolments.byId(enrolmentId)),
    )
    // Whom answers restrict gets short emails, as everybody may choose them.
    const { enrolmentId: id, learnerId } = byAnswers
    expect(enrolments[0]).toEqual({ ...enrolments[1], id, learnerId, shortEmails: true })
  })

  test('answers in a check-in after the course end the check-ins, and stopping the check-ins alone ends nothing else', async () => {
    const answering = await personIn('finished')
    const course = ports().courses.get(COURSE)
    if (!course) throw new Error('there is no course')
    const resources = ports().courses.resourcesOf(COURSE)
    const asking = resources.checkIns.find(({ ask }) => ask.length > 0)
    const day = checkInDay(course, asking?.week ?? 0)
    const question = resources.assessment?.questions.find(({ id }) => id === asking?.ask[0])
    const pausing = question?.options.find(({ routes }) =>
      resources.assessment?.routes.some(({ id, access }) => access === 'paused' && routes.includes(id)),
    )
    changeDatabase(
      parts.dataDir,
      `update delivery set state = 'sent', first_dot_at = due_at where enrolment_id = ${answering.enrolmentId} and day = ${day}`,
    )
    await askAgain(ports(), lessonToken(ports(), answering.enrolmentId, day), null, {
      [question?.id ?? '']: pausing?.id ?? '',
    })
    const after = await ports().store.enrolments.byId(answering.enrolmentId)
    expect(after).toMatchObject({ state: 'finished' })
    expect(after?.checkInsStoppedAt).not.toBeNull()

    const settling = await personIn('active')
    await changeSettings(ports(), lessonToken(ports(), settling.enrolmentId, 1), null, { checkIns: false })
    const kept = await ports().store.deliveries.ofEnrolment(settling.enrolmentId)
    expect(kept.every((row) => row.state === 'planned')).toBe(true)
    expect((await ports().store.enrolments.byId(settling.enrolmentId))?.state).toBe('active')
  })

  test('an unsubscription that reaches a message of the sign-up stops the course it became', async () => {
    const person = await personIn('finished')
    const signUpDelivery = (await rows()).find((row) => row.signUpId === person.signUpId) as Delivery
    await report('unsubscribed', { ...person, delivery: signUpDelivery })
    expect((await ports().store.enrolments.byId(person.enrolmentId))?.checkInsStoppedAt).not.toBeNull()
  })

  test('one who comes back after an operator lifted the suppression can start again', async () => {
    const person = await personIn('active')
    await runSuppression(ports(), ['add', person.address])
    await runSuppression(ports(), ['remove', person.address])
    const view = await restart(ports(), stopToken(ports(), person.enrolmentId))
    expect(view.state).toBe('active')
    expect(view.nextAt).not.toBeNull()
  })
})

/** Whether the mail of a sign-up would still go out. */
async function sends(row: Delivery, { signUpId }: Person): Promise<boolean> {
  const declined = (await ports().store.signUps.byId(signUpId))?.declinedAt ?? null
  return declined === null && (await ports().store.deliveries.mayBeSent(row.id))
}
