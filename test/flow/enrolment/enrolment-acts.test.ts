import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runSuppression } from '../../../src/cli/suppression.ts'
import type { Course } from '../../../src/core/course/course.ts'
import type { EnrolmentAct } from '../../../src/core/enrolment/enrolment-acts.ts'
import { type Delivery, type EnrolmentState, isStillToCome, NEVER } from '../../../src/core/model.ts'
import { paths } from '../../../src/core/paths.ts'
import { returnPathOf, unsubscribeAddress } from '../../../src/core/reports/return-address.ts'
import { tokenOf } from '../../../src/core/security/confirmation-token.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { applyStartingPoint } from '../../../src/flow/assessment/answer-starting-point.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { recordResult } from '../../../src/flow/delivery/record-result.ts'
import { applyBounce } from '../../../src/flow/enrolment/apply-bounce.ts'
import { changeSettings } from '../../../src/flow/enrolment/change-settings.ts'
import { checkInDay } from '../../../src/flow/enrolment/check-ins.ts'
import { pauseEnrolment } from '../../../src/flow/enrolment/pause.ts'
import { endPauseInSettings, pauseInSettings } from '../../../src/flow/enrolment/pause-in-settings.ts'
import { ratherThanStop } from '../../../src/flow/enrolment/rather-than-stop.ts'
import { restart } from '../../../src/flow/enrolment/restart.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { findForViewer } from '../../../src/flow/enrolment/viewer.ts'
import { findOpenDay } from '../../../src/flow/exercise/find-open-day.ts'
import { askAgain } from '../../../src/flow/exercise/view-check-in.ts'
import { applyEvents } from '../../../src/flow/reports/apply-event.ts'
import { receiveReport } from '../../../src/flow/reports/receive-report.ts'
import { receiveHook } from '../../../src/flow/reports/receive-webhook.ts'
import { confirm } from '../../../src/flow/sign-up/confirm.ts'
import { signUp } from '../../../src/flow/sign-up/sign-up.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const COURSE = 'steady-week'
const DOMAIN = 'bounces.course.example'
const PAUSED_UNTIL = '2026-03-20'
const MAILGUN_KEY = 'key-0123456789abcdef'
const STATES = ['pending', 'active', 'paused', 'finished', 'stopped'] as const
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

const PREFERENCES = {
  name: '',
  timeZone: 'UTC',
  hour: 7,
  discreet: false,
  webOnly: false,
  shortEmails: false,
  language: null,
  pace: 'daily' as const,
  reminderHour: null,
  track: null,
  overlays: [],
}

/** Signs up as the form does. Returns the delivery of the email with the button. */
async function askFor(email: string): Promise<Delivery> {
  await signUp(ports(), { course: COURSE, email, ...PREFERENCES, start: null })
  return (await rows()).at(-1) as Delivery
}

async function press(signUpId: number, how: 'confirm' | 'start-anew' = 'confirm'): Promise<void> {
  const nonce = (await ports().store.signUps.byId(signUpId))?.nonce ?? ''
  await confirm(ports(), tokenOf(ports().keys, nonce), null, how)
}

/** A person in this state, with check-ins planned where there are any. Stopped: by an earlier version, which left the check-ins. */
async function personIn(state: State): Promise<Person> {
  people += 1
  const address = `person-${people}@example.test`
  const asked = await askFor(address)
  const signUpId = asked.signUpId ?? 0
  const learnerId = asked.learnerId
  if (state === 'pending') return { address, learnerId, signUpId, enrolmentId: 0, delivery: asked }
  await press(signUpId)
  const enrolment = await ports().store.enrolments.latest(learnerId, COURSE)
  const enrolmentId = enrolment?.id ?? 0
  const course = ports().courses.get(COURSE)
  if (!enrolment || !course) throw new Error('there is no enrolment')
  const [first] = (await ports().store.deliveries.ofEnrolment(enrolmentId)) as [Delivery]
  if (state === 'paused')
    await ports().store.transaction((unit) => pauseEnrolment(ports(), unit, enrolment, PAUSED_UNTIL, now()))
  else if (state !== 'active') {
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

/** Of one learner, or the newest there is. */
async function rows(learnerId: number | null = null): Promise<Delivery[]> {
  const ids = queryRows(
    parts.dataDir,
    learnerId === null
      ? 'select max(id) as id from delivery'
      : `select id from delivery where learner_id = ${learnerId} order by id`,
  ).map(({ id }) => Number(id))
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
  const request = { headers: {}, body: Buffer.from(JSON.stringify(body)) }
  const answer = await receiveHook(ports(), 'mailgun', request, async () => {})
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
  person.enrolmentId === 0
    ? LINKS.decline.make(ports().keys, { signUpId: person.signUpId })
    : LINKS.stop.make(ports().keys, { enrolmentId: person.enrolmentId })

/** Three full mailboxes in a row, as reports tell of them. */
async function fullMailbox({ enrolmentId, delivery }: Person): Promise<void> {
  const all =
    enrolmentId === 0
      ? [delivery]
      : (await ports().store.deliveries.ofEnrolment(enrolmentId)).filter(({ day }) => day !== null)
  for (const row of all.slice(0, 3)) {
    changeDatabase(parts.dataDir, `update delivery set first_attempt_at = ${now()} where id = ${row.id}`)
    await ports().store.transaction((unit) =>
      applyBounce(unit, row, 'full', { reason: 'mailboxfull', permanent: true }, now()),
    )
  }
}

/** Answers that pause the course. */
const PAUSING = { 'partner-acts': ['neck'] }

const oneClick = async (token: string) => {
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
  expect((await fetch(parts.url + paths.stop(token), { method: 'POST', body })).status).toBe(200)
}

/** The closing email ends, `accepted` or not: handed over while the course was active, whatever has become of it since. */
async function endClosing({ learnerId, enrolmentId }: Person, isAccepted: boolean): Promise<void> {
  const day = checkInDay(ports().courses.get(COURSE) as Course, 0)
  const row = { learnerId, kind: 'closing', enrolmentId, signUpId: null, day, dueAt: now() } as const
  const [closing] = (await ports().store.deliveries.plan([row], now())) as [Delivery]
  changeDatabase(
    parts.dataDir,
    `update delivery set state = 'sent', first_dot_at = ${now()} where enrolment_id = ${enrolmentId} and kind = 'lesson' and state = 'planned'`,
  )
  changeDatabase(
    parts.dataDir,
    `update delivery set state = 'leased', fence = 1, lease_until = ${NEVER}, dot_at = ${now()}, first_dot_at = ${now()} where id = ${closing.id}`,
  )
  const taken = (await ports().store.deliveries.byId(closing.id)) as Delivery
  const result = isAccepted
    ? ({ kind: 'accepted', reply: '250 ok' } as const)
    : ({ kind: 'unsendable', reply: 'too large' } as const)
  await recordResult(ports(), taken, result, 'open')
}

interface Way {
  readonly act: EnrolmentAct
  /** What is kept with the deliveries that it cancels. */
  readonly reason?: string
  /** Left out: in every state. */
  readonly from?: readonly State[]
  /** Done before: what the act takes back. */
  readonly before?: (person: Person) => Promise<unknown>
  /** It cannot be done twice. */
  readonly once?: true
  readonly run: (person: Person) => Promise<unknown>
}

const ENROLLED = ['active', 'paused', 'finished', 'stopped'] as const
const BY_LEARNER = 'stopped by the learner'
const settingsOf = (checkIns: boolean) => (person: Person) =>
  changeSettings(ports(), LINKS.lesson.make(ports().keys, { enrolmentId: person.enrolmentId, day: 1 }), null, {
    checkIns,
  })
const lessonLinkOf = ({ enrolmentId }: Person) => LINKS.lesson.make(ports().keys, { enrolmentId, day: 1 })
const expectRefusal = (error: unknown) => expect(error).toMatchObject({ code: 'bad-input' })
const checkInsLinkOf = ({ enrolmentId }: Person) => LINKS['stop-check-ins'].make(ports().keys, { enrolmentId })

const WAYS: Readonly<Record<string, Way>> = {
  'the stop link': { act: 'stop', reason: BY_LEARNER, run: (person) => stop(ports(), linkOf(person)) },
  'one click in the mail program': { act: 'stop', reason: BY_LEARNER, run: (person) => oneClick(linkOf(person)) },
  'an email to the unsubscribe address': { act: 'stop', reason: BY_LEARNER, run: (person) => mailTo(linkOf(person)) },
  'an unsubscription reported by webhook': {
    act: 'stop',
    reason: 'unsubscribed at the relay',
    run: (person) => report('unsubscribed', person),
  },
  'a complaint': { act: 'stop', reason: 'a complaint', run: (person) => report('complained', person) },
  'a mailbox that stays full': { act: 'stop', reason: 'the mailbox stayed full', run: fullMailbox },
  'an address that a bounce calls dead': {
    act: 'stop',
    reason: 'the address is dead',
    once: true,
    run: ({ delivery }) =>
      ports().store.transaction((unit) =>
        applyBounce(unit, delivery, 'dead', { reason: 'userunknown', permanent: true }, now()),
      ),
  },
  'an address that the relay calls dead': {
    act: 'stop',
    // Of a paused course nothing is sent that a relay could refuse.
    from: ['pending', 'active', 'finished', 'stopped'],
    reason: 'the address is dead',
    once: true,
    async run({ learnerId }) {
      const row = (await rows(learnerId)).find((one) => one.state === 'planned')
      if (row === undefined) return
      const claim = { now: NEVER, leaseUntil: NEVER, owner: 'test', messageId: `${row.id}@t`, day: null, variant: null }
      const taken = (await ports().store.deliveries.claim(row.id, claim)) as Delivery
      const refused = { kind: 'refused', stage: 'rcpt', code: 550, reply: '550 5.1.1 No such user' } as const
      await recordResult(ports(), taken, refused, 'open')
    },
  },
  'an address that an operator suppresses': {
    act: 'stop',
    reason: 'the address is suppressed',
    once: true,
    run: ({ address }) => runSuppression(ports(), ['add', address]),
  },
  'answers to the assessment': {
    act: 'stop',
    reason: BY_LEARNER,
    from: ENROLLED,
    run: ({ enrolmentId }) =>
      applyStartingPoint(ports(), LINKS.lesson.make(ports().keys, { enrolmentId: enrolmentId, day: 1 }), null, PAUSING),
  },

  'the stop link of a check-in': {
    act: 'stop-check-ins',
    reason: BY_LEARNER,
    from: ENROLLED,
    run: (person) => stop(ports(), checkInsLinkOf(person)),
  },
  'one click at a check-in': {
    act: 'stop-check-ins',
    reason: BY_LEARNER,
    from: ENROLLED,
    run: (person) => oneClick(checkInsLinkOf(person)),
  },
  'an email to the unsubscribe address of a check-in': {
    act: 'stop-check-ins',
    reason: BY_LEARNER,
    from: ENROLLED,
    run: (person) => mailTo(checkInsLinkOf(person)),
  },
  'check-ins switched off in the settings': {
    act: 'stop-check-ins',
    reason: BY_LEARNER,
    from: ENROLLED,
    run: settingsOf(false),
  },

  'the start button of the stop page': { act: 'resume', run: (person) => restart(ports(), linkOf(person)) },
  'the start button of a check-in’s stop page': {
    act: 'resume-check-ins',
    from: ENROLLED,
    before: settingsOf(false),
    run: (person) => restart(ports(), checkInsLinkOf(person)),
  },
  'check-ins switched on in the settings': {
    act: 'resume-check-ins',
    from: ENROLLED,
    before: settingsOf(false),
    run: settingsOf(true),
  },

  'the button of a new sign-up': {
    act: 'confirm',
    run: async ({ address }) => press((await askFor(address)).signUpId ?? 0),
  },
  'the button that starts anew': {
    act: 'start-anew',
    run: async ({ address }) => press((await askFor(address)).signUpId ?? 0, 'start-anew'),
  },

  'a closing email that is accepted': {
    act: 'finish',
    from: ENROLLED,
    once: true,
    run: (person) => endClosing(person, true),
  },
  'a closing email that cannot be sent': {
    act: 'finish',
    from: ENROLLED,
    once: true,
    run: (person) => endClosing(person, false),
  },

  'a pause in the settings': {
    act: 'pause',
    from: ENROLLED,
    run: (person) => pauseInSettings(ports(), lessonLinkOf(person), PAUSED_UNTIL).catch(expectRefusal),
  },
  'a pause on the stop page': {
    act: 'pause',
    from: ENROLLED,
    run: (person) => ratherThanStop(ports(), linkOf(person), { pauseUntil: PAUSED_UNTIL }).catch(expectRefusal),
  },
  'going on before the pause is over': {
    act: 'end-pause',
    from: ENROLLED,
    run: (person) => endPauseInSettings(ports(), lessonLinkOf(person)),
  },
  'a lesson that is due after the pause': {
    act: 'end-pause',
    from: ['paused'],
    once: true,
    async run({ enrolmentId }) {
      const [lesson] = (await ports().store.deliveries.ofEnrolment(enrolmentId)).filter(({ day }) => day !== null)
      changeDatabase(parts.dataDir, `update enrolment set paused_until = ${now()} where id = ${enrolmentId}`)
      changeDatabase(parts.dataDir, `update delivery set due_at = ${now()} where id = ${lesson?.id}`)
      await deliver(ports(), lesson?.id ?? 0)
    },
  },
}

/** A mailbox that cannot be reached is no refusal: the sign-up waits for its button. */
const LEAVES_PENDING = ['a mailbox that stays full']

interface Standing {
  readonly state: State
  /** Whether check-ins may come; null while there is no enrolment. */
  readonly checkIns: boolean | null
  /** What is still to be sent, the sign-up's own email left out. */
  readonly toCome: readonly string[]
}

const standing = (state: State, checkIns: boolean | null, ...toCome: string[]): Standing => ({
  state,
  checkIns,
  toCome,
})
const PENDING = standing('pending', null)
const PAUSED = standing('paused', true, 'lesson', 'pause-ending')

const AFTER: Readonly<Record<EnrolmentAct, Readonly<Record<State, Standing>>>> = {
  stop: {
    pending: PENDING,
    active: standing('stopped', false),
    paused: standing('stopped', false),
    finished: standing('finished', false),
    stopped: standing('stopped', false),
  },
  'stop-check-ins': {
    pending: PENDING,
    active: standing('active', false, 'lesson'),
    paused: standing('paused', false, 'lesson', 'pause-ending'),
    finished: standing('finished', false),
    stopped: standing('stopped', false),
  },
  resume: {
    pending: PENDING,
    active: standing('active', true, 'lesson'),
    paused: PAUSED,
    finished: standing('finished', true, 'check-in'),
    stopped: standing('active', true, 'lesson'),
  },
  'resume-check-ins': {
    pending: PENDING,
    active: standing('active', true, 'lesson'),
    paused: PAUSED,
    finished: standing('finished', true, 'check-in'),
    // Whoever stopped everything starts the course again, and the check-ins with it.
    stopped: standing('stopped', false),
  },
  confirm: {
    pending: standing('active', true, 'lesson'),
    active: standing('active', true, 'lesson'),
    paused: PAUSED,
    finished: standing('active', true, 'lesson'),
    stopped: standing('active', true, 'lesson'),
  },
  'start-anew': {
    pending: standing('active', true, 'lesson'),
    active: standing('active', true, 'lesson'),
    paused: PAUSED,
    finished: standing('active', true, 'lesson'),
    stopped: standing('active', true, 'lesson'),
  },
  pause: {
    pending: PENDING,
    active: PAUSED,
    paused: PAUSED,
    finished: standing('finished', true, 'check-in'),
    stopped: standing('stopped', true),
  },
  'end-pause': {
    pending: PENDING,
    active: standing('active', true, 'lesson'),
    paused: standing('active', true, 'lesson'),
    finished: standing('finished', true, 'check-in'),
    stopped: standing('stopped', true),
  },
  finish: {
    pending: PENDING,
    active: standing('finished', true, 'check-in'),
    paused: standing('finished', true, 'check-in'),
    finished: standing('finished', true, 'check-in'),
    stopped: standing('stopped', true),
  },
}

async function standingOf({ learnerId }: Person): Promise<Standing> {
  const enrolment = await ports().store.enrolments.latest(learnerId, COURSE)
  const kinds = (await rows(learnerId)).filter(isStillToCome).map(({ kind }) => kind)
  return {
    state: enrolment?.state ?? 'pending',
    checkIns: enrolment === null ? null : enrolment.checkInsStoppedAt === null,
    toCome: [...new Set(kinds)].filter((kind) => kind !== 'sign-up'),
  }
}

const cases = Object.entries(WAYS).flatMap(([name, way]) =>
  STATES.filter((state) => (way.from ?? STATES).includes(state)).map((state) => [name, state, way] as const),
)

test.each(cases)('%s, by someone who is %s', async (name, state, way) => {
  const person = await personIn(state)
  await way.before?.(person)
  const live = (await rows(person.learnerId)).filter(isStillToCome)
  await way.run(person)
  expect(await standingOf(person)).toEqual(AFTER[way.act][state])

  const isStop = way.act === 'stop' || way.act === 'stop-check-ins'
  const after = await rows(person.learnerId)
  const cancelled = after.filter((row) => row.state === 'cancelled' && live.some(({ id }) => id === row.id))
  const courseRows = cancelled.filter((row) => row.kind !== 'sign-up')
  if (isStop) {
    for (const { reply } of courseRows) expect(reply).toBe(way.reason)
    const cancels = state === 'finished' || (way.act === 'stop' && (state === 'active' || state === 'paused'))
    expect(courseRows.length > 0).toBe(cancels)
  }
  if (isStop && state === 'pending' && !LEAVES_PENDING.includes(name))
    for (const row of after.filter(isStillToCome)) expect(await sends(row, person)).toBe(false)

  if (way.once) return
  await way.run(person)
  expect(await standingOf(person)).toEqual(AFTER[way.act][state])
})

describe('a stop', () => {
  test('that follows from answers is kept as the learner stopping it', async () => {
    const [byAnswers, byLink] = [await personIn('active'), await personIn('active')]
    await WAYS['answers to the assessment']?.run(byAnswers)
    await WAYS['the stop link']?.run(byLink)
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
    expect(enrolments[0]).toEqual({ ...enrolments[1], id, learnerId, shortEmails: true, language: null })
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
    const visit = await findForViewer(
      ports(),
      LINKS.lesson.make(ports().keys, { enrolmentId: answering.enrolmentId, day }),
      null,
    )
    await askAgain(ports(), await findOpenDay(ports(), visit), { [question?.id ?? '']: pausing?.id ?? '' })
    const after = await ports().store.enrolments.byId(answering.enrolmentId)
    expect(after).toMatchObject({ state: 'finished' })
    expect(after?.checkInsStoppedAt).not.toBeNull()

    const settling = await personIn('active')
    await changeSettings(
      ports(),
      LINKS.lesson.make(ports().keys, { enrolmentId: settling.enrolmentId, day: 1 }),
      null,
      { checkIns: false },
    )
    const kept = await ports().store.deliveries.ofEnrolment(settling.enrolmentId)
    expect(kept.every((row) => row.state === 'planned')).toBe(true)
    expect((await ports().store.enrolments.byId(settling.enrolmentId))?.state).toBe('active')
  })

  test('an unsubscription that reaches a message of the sign-up stops the course it became', async () => {
    const person = await personIn('finished')
    const signUpDelivery = (await rows(person.learnerId)).find((row) => row.signUpId === person.signUpId) as Delivery
    await report('unsubscribed', { ...person, delivery: signUpDelivery })
    expect((await ports().store.enrolments.byId(person.enrolmentId))?.checkInsStoppedAt).not.toBeNull()
  })

  test('one who comes back after an operator lifted the suppression can start again', async () => {
    const person = await personIn('active')
    await runSuppression(ports(), ['add', person.address])
    await runSuppression(ports(), ['remove', person.address])
    const view = await restart(ports(), LINKS.stop.make(ports().keys, { enrolmentId: person.enrolmentId }))
    expect(view.state).toBe('active')
    expect(view.nextAt).not.toBeNull()
  })
})

/** Whether the mail of a sign-up would still go out. */
async function sends(row: Delivery, { signUpId }: Person): Promise<boolean> {
  const declined = (await ports().store.signUps.byId(signUpId))?.declinedAt ?? null
  return declined === null && (await ports().store.deliveries.mayBeSent(row.id))
}
