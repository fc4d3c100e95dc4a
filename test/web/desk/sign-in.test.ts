import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SIGN_IN_LINK_MINUTES } from '../../../src/core/desk/operator-session.ts'
import { makePrintedLink } from '../../../src/flow/desk/sign-in-link.ts'
import { queryRows } from '../../support/database/database-rows.ts'
import { freePort } from '../../support/free-port.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

const HOUR = 3_600_000
let app: TestApp
const options = { env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } }

beforeAll(async () => {
  app = await createTestApp(options)
})
afterAll(() => app?.close())

const visitor = () => createVisitor(app.url)
const pathOf = (link: string) => new URL(link).pathname
const sessionsOf = () => queryRows(app.dataDir, 'select * from operator_session')

async function linkFor(address: string): Promise<string> {
  const before = app.mail.accepted.filter(({ to }) => to === address).length
  await visitor().post('/desk/sign-in/email', { email: address })
  const mail = (await app.mail.waitForMail(address, before + 1)).at(-1)
  return /\/desk\/open\/[\w-]+/.exec(mail?.mail.text ?? '')?.[0] ?? ''
}

describe('the first link', () => {
  test('shows a button, asks for an address, makes one owner and works once', async () => {
    const link = pathOf(await makePrintedLink(app.app.ports, null))
    const other = pathOf(await makePrintedLink(app.app.ports, null))
    const first = visitor()
    expect((await first.get(link)).text).toContain('You are the first')
    expect((await first.post(link, { email: 'not an address' })).status).toBe(400)
    const answer = await first.post(link, { email: 'Owner@example.test' })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/desk'])
    expect((await first.get('/desk')).text).toContain('What the service depends on')
    for (const used of [link, other]) {
      expect((await visitor().get(used)).status).toBe(410)
      expect((await visitor().post(used, { email: 'other@example.test' })).status).toBe(410)
    }
    expect(await app.app.ports.store.operators.all()).toMatchObject([{ address: 'Owner@example.test', role: 'owner' }])
  })

  test('of a terminal ends after an hour', async () => {
    const link = pathOf(await makePrintedLink(app.app.ports, 1))
    expect((await visitor().get(link)).status).toBe(200)
    app.clock.advance(HOUR)
    expect((await visitor().post(link)).status).toBe(410)
  })
})

describe('a link by email', () => {
  test('goes to operators only, while sending is paused too, and the answer is the same for everybody', async () => {
    await app.app.ports.store.sendingState.hold('a test', 'operator', app.clock.now())
    const known = await visitor().post('/desk/sign-in/email', { email: 'owner@example.test' })
    const unknown = await visitor().post('/desk/sign-in/email', { email: 'nobody@example.test' })
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
    const [mail] = await app.mail.waitForMail('Owner@example.test', 1)
    expect(mail?.mail.subject).toBe('Your sign-in link')
    expect(mail?.raw.toString()).not.toMatch(/^List-/m)
    await app.app.ports.store.sendingState.open('held', app.clock.now())
    expect(app.mail.accepted.some(({ to }) => to === 'nobody@example.test')).toBe(false)
  })

  test('works for ten minutes, and is no secret of the database', async () => {
    const link = await linkFor('Owner@example.test')
    const token = link.split('/').at(-1)
    expect(JSON.stringify(queryRows(app.dataDir, 'select * from operator_link'))).not.toContain(token)
    app.clock.advance(SIGN_IN_LINK_MINUTES * 60_000)
    expect((await visitor().post(link)).status).toBe(410)
  })

  test('is sent five times an hour at most', async () => {
    app.clock.advance(HOUR)
    const before = app.mail.accepted.length
    for (let times = 0; times < 5; times += 1) await linkFor('Owner@example.test')
    await visitor().post('/desk/sign-in/email', { email: 'owner@example.test' })
    await linkForOther()
    expect(app.mail.accepted.length - before).toBe(6)
    app.clock.advance(HOUR + 1)
    expect(await linkFor('Owner@example.test')).toMatch(/^\/desk\/open\//)
  })

  /** Asked for last, so that what was asked for before has been sent or refused. */
  async function linkForOther(): Promise<void> {
    await signedIn(app, 'author', 'author@example.test')
    await linkFor('author@example.test')
  }
})

describe('a session', () => {
  test('has a cookie of its own for the whole host that no other site can use', async () => {
    const link = pathOf(await makePrintedLink(app.app.ports, 1))
    const cookie = (await visitor().post(link)).headers.getSetCookie()[0]
    expect(cookie).toMatch(/^desk=[\w-]{43}; Max-Age=604800; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/)
  })

  test('is new at every sign-in, and ends the one before', async () => {
    const someone = await signedIn(app, 'operator')
    const planted = someone.cookies.get('desk')
    await someone.post(pathOf(await makePrintedLink(app.app.ports, 1)))
    expect(someone.cookies.get('desk')).not.toBe(planted)
    const before = visitor()
    before.cookies.set('desk', planted ?? '')
    expect((await before.get('/desk')).status).toBe(303)
  })

  test('ends after twelve hours without use, after seven days, on signing out, and with the operator', async () => {
    const idle = await signedIn(app, 'author')
    app.clock.advance(12 * HOUR - 1)
    expect((await idle.get('/desk')).status).toBe(200)
    app.clock.advance(12 * HOUR)
    expect((await idle.get('/desk')).status).toBe(303)
    const busy = await signedIn(app, 'author')
    for (let hours = 0; hours < 7 * 24; hours += 6) {
      expect((await busy.get('/desk')).status).toBe(200)
      app.clock.advance(6 * HOUR)
    }
    expect((await busy.get('/desk')).headers.get('Location')).toBe('/desk/sign-in')
    const leaving = await signedIn(app, 'author')
    const cookie = leaving.cookies.get('desk') ?? ''
    await leaving.post('/desk/sign-out')
    leaving.cookies.set('desk', cookie)
    expect((await leaving.get('/desk')).status).toBe(303)
  })

  test('is listed and can be ended from another browser, but only by its own operator', async () => {
    const [here, there] = [await signedIn(app, 'operator'), await signedIn(app, 'operator')]
    const stranger = await signedIn(app, 'author')
    const { text } = await here.get('/desk/account')
    const id = /name="session" value="([\w-]+)"/.exec(text)?.[1] ?? ''
    expect((await stranger.post('/desk/account/sessions/end', { session: id })).status).toBe(404)
    expect((await here.post('/desk/account/sessions/end', { session: id })).status).toBe(303)
    expect((await there.get('/desk')).status).toBe(303)
    expect((await here.get('/desk')).status).toBe(200)
  })

  test('that is over is deleted', async () => {
    const { forgetOperatorSessions } = await import('../../../src/flow/desk/operator-session.ts')
    app.clock.advance(8 * 24 * HOUR)
    await forgetOperatorSessions(app.app.ports)
    expect(sessionsOf()).toEqual([])
    expect(queryRows(app.dataDir, 'select * from operator_link')).toEqual([])
  })
})

describe('protection', () => {
  test('another site can send no form, frame no page and keep nothing', async () => {
    const someone = await signedIn(app, 'owner')
    const answer = await someone.send('/desk/sign-out', { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } })
    expect(answer.status).toBe(403)
    const { headers } = await someone.get('/desk')
    expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('X-Robots-Tag')).toBe('noindex, nofollow')
  })

  test('a client that keeps trying has to wait', async () => {
    const own = await createTestApp(options)
    try {
      const statuses = new Set<number>()
      for (let times = 0; times < 31; times += 1)
        statuses.add((await createVisitor(own.url).post('/desk/open/x')).status)
      expect([...statuses]).toEqual([410, 429])
    } finally {
      await own.close()
    }
  })
})

describe('a passkey', () => {
  test.each([
    ['nothing', {}],
    ['a list', []],
    ['an unknown one', { id: 'x', rawId: 'x', type: 'public-key', response: {} }],
    ['one of another shape', { id: { $ne: null } }],
  ])('that is %s is refused, with the same answer', async (_, body) => {
    const answer = await visitor().postJson('/desk/sign-in/passkey', body)
    expect(answer.status).toBe(404)
    expect(answer.json()).toMatchObject({ ok: false, message: expect.stringContaining('not accepted') })
  })

  test('that was made up for a known one is refused, and its challenge is used up', async () => {
    await app.app.ports.store.passkeys.add({
      ...{ id: 'known', operatorId: 1, publicKey: 'AAAA', counter: 0, transports: [], now: app.clock.now() },
    })
    const { challenge } = (await visitor().postJson('/desk/sign-in/passkey/challenge', {})).json<{
      challenge: string
    }>()
    const clientDataJSON = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin: app.url })).toString(
      'base64url',
    )
    const response = { clientDataJSON, authenticatorData: 'AAAA', signature: 'AAAA' }
    const body = { id: 'known', rawId: 'known', type: 'public-key', response, clientExtensionResults: {} }
    expect((await visitor().postJson('/desk/sign-in/passkey', body)).status).toBe(404)
    expect(await app.app.ports.store.passkeys.takeChallenge(challenge, null, 0)).toBe(false)
  })
})

describe('where it is', () => {
  const with_ = async (env: Record<string, string>, work: (own: TestApp, there: Visitor) => Promise<void>) => {
    const own = await createTestApp({ ...options, env: { ...options.env, ...env } })
    try {
      await work(own, createVisitor(own.url))
    } finally {
      await own.close()
    }
  }

  test('DESK=off removes every page of it', async () => {
    await with_({ DESK: 'off' }, async (own, there) => {
      for (const path of ['/desk', '/desk/sign-in', '/desk/open/x']) expect((await there.get(path)).status).toBe(404)
      expect((await there.post('/desk/sign-in/email', { email: 'a@example.test' })).status).toBe(404)
      await expect(makePrintedLink(own.app.ports, null)).rejects.toThrow(/DESK is off/)
    })
  })

  test('over https the browser itself keeps the cookie to this host, and below a path every link leads there', async () => {
    await with_({ PUBLIC_URL: 'https://course.example/week' }, async (own, there) => {
      const link = await makePrintedLink(own.app.ports, null)
      expect(link).toMatch(/^https:\/\/course\.example\/week\/desk\/open\//)
      const answer = await there.post(pathOf(link), { email: 'owner@example.test' })
      expect(answer.headers.get('Location')).toBe('/week/desk')
      expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-desk=.*; Path=\/; .*; Secure; SameSite=Strict$/)
      const { text } = await there.get('/week/desk')
      expect(text).toContain('data-figures="/week/desk/figures"')
      for (const [, path] of text.matchAll(/(?:href|src|action)="(\/[^"]*)"/g)) expect(path).toMatch(/^\/week\//)
    })
  })

  test('DESK_PORT moves it to a port that has nothing else', async () => {
    const port = await freePort()
    await with_({ DESK_PORT: String(port) }, async (own, there) => {
      expect((await there.get('/desk')).status).toBe(404)
      const link = await makePrintedLink(own.app.ports, null)
      expect(link).toMatch(`http://localhost:${port}/desk/open/`)
      const desk = createVisitor(`http://localhost:${port}`)
      expect((await desk.post(pathOf(link), { email: 'owner@example.test' })).status).toBe(303)
      const page = await desk.get('/desk')
      expect(page.status).toBe(200)
      const sheet = /\/assets\/\w+\/desk\.css/.exec(page.text)?.[0] ?? ''
      expect((await desk.get(sheet)).status).toBe(200)
      for (const path of ['/', '/sign-up', '/healthz', '/metrics']) expect((await desk.get(path)).status).toBe(404)
    })
  })
})
