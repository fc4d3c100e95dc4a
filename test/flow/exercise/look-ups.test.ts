import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../../support/visitor.ts'

let app: TestApp
let learner: SignedUpLearner
let path: string

beforeAll(async () => {
  app = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true })
  learner = await join(app, 'counted@example.org', { track: 'steady' })
  path = new URL(learner.lessonLink).pathname
})
afterAll(() => app?.close())
afterEach(() => {
  jest.restoreAllMocks()
})

const ONCE = { deliveries: 1, enrolments: 1, links: 1, startingPoints: 1 }
/** The limits of saving ask before the text has arrived, who the learner is; what they found may not hold any more after it. */
const WITH_LIMITS = { ...ONCE, enrolments: 2 }

describe('saving while typing looks each thing up once', () => {
  test('in a browser without a session', async () => {
    expect(await lookUpsOf(() => save(createVisitor(app.url), 'first'))).toEqual(ONCE)
  })

  test('in a writer session, whose link the limits of saving read too', async () => {
    const visitor = createVisitor(app.url)
    await save(visitor, 'second')
    expect(await lookUpsOf(() => save(visitor, 'third'))).toEqual(WITH_LIMITS)
  })

  test('in an own session', async () => {
    const visitor = await openOwnSessionByLink(app, learner)
    expect(await lookUpsOf(() => save(visitor, 'fourth'))).toEqual(WITH_LIMITS)
  })
})

describe('showing the page looks each thing up once', () => {
  test('in a browser without a session', async () => {
    expect(await lookUpsOf(() => show(createVisitor(app.url)))).toEqual(ONCE)
  })

  test('in an own session', async () => {
    const visitor = await openOwnSessionByLink(app, learner)
    expect(await lookUpsOf(() => show(visitor))).toEqual(ONCE)
  })

  test('of paper', async () => {
    expect(await lookUpsOf(() => show(createVisitor(app.url), '/print'))).toEqual(ONCE)
  })
})

async function save(visitor: Visitor, text: string) {
  const { status, text: answer } = await visitor.postJson(`${path}/draft`, {
    'f.safe-person': text,
    'v.safe-person': '0',
  })
  expect({ status, answer }).toMatchObject({ status: 200, answer: expect.stringContaining('"safe-person":') })
}

async function show(visitor: Visitor, below = '') {
  expect((await visitor.get(`${path}${below}`)).status).toBe(200)
}

/** How often this read the deliveries and the enrolment, verified a lesson link and opened a starting point. */
async function lookUpsOf(work: () => Promise<void>) {
  const { store, sealer, keys } = app.app.ports
  const deliveries = jest.spyOn(store.deliveries, 'ofEnrolment')
  const enrolments = jest.spyOn(store.enrolments, 'byId')
  const open = jest.spyOn(sealer, 'open')
  let links = 0
  const keyOf = keys.of
  jest.spyOn(keys as { of: typeof keys.of }, 'of').mockImplementation((purpose) => {
    // The same key signs the links of the page.
    if (new Error().stack?.includes('readLink')) links += 1
    return keyOf(purpose)
  })
  await work()
  const counts = {
    deliveries: deliveries.mock.calls.length,
    enrolments: enrolments.mock.calls.length,
    links,
    startingPoints: open.mock.calls.filter(([, , context]) => context.startsWith('["starting point"')).length,
  }
  jest.restoreAllMocks()
  return counts
}
