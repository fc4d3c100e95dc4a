import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from './visitor.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => app.close())

/** Everything that was ever taken, whoever signed up. */
async function taken(): Promise<number> {
  const counts = await app.app.ports.store.deliveries.countByState()
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

describe('the page at /', () => {
  test('says what the course is, for whom, what it costs and how to stop, in the course’s own words', async () => {
    const { status, text } = await createVisitor(app.url).get('/')
    expect(status).toBe(200)
    for (const words of [
      'Kinder Mornings',
      'Your mornings begin in a rush.',
      'One letter a day for three days.',
      'It costs nothing.',
      'Every mail has a link that stops the course at once.',
      'Use an inbox that only you open.',
      'I agree to receive the three letters',
    ]) {
      expect(text).toContain(words)
    }
    expect(text).not.toMatch(/seven|steady/i)
    expect(text).toContain('<option value="6" selected>06:00, in the morning</option>')
  })

  test('is the same course at its own address, and any other name is not found', async () => {
    const visitor = createVisitor(app.url)
    expect((await visitor.get('/courses/three-days')).text).toContain('Kinder Mornings')
    expect((await visitor.get('/courses/none')).status).toBe(404)
    expect((await visitor.get('/courses/..%2f..%2fetc')).status).toBe(404)
  })
})

describe('POST /sign-up', () => {
  test('takes a form, and JSON, and answers every address alike', async () => {
    const visitor = createVisitor(app.url)
    const before = await taken()
    const form = await visitor.post('/sign-up', { email: 'form@example.org', name: '', timeZone: '', hour: '' })
    const again = await visitor.post('/sign-up', { email: 'form@example.org', name: '', timeZone: '', hour: '' })
    const other = await visitor.post('/sign-up', { email: 'other@example.org', name: '', timeZone: '', hour: '' })
    expect(form.status).toBe(200)
    expect(form.text).toContain('Look in your inbox')
    expect(form.text).not.toContain('example.org')
    expect([again.status, again.text]).toEqual([form.status, form.text])
    expect([other.status, other.text]).toEqual([form.status, form.text])

    const json = await visitor.postJson('/sign-up', { email: 'json@example.org' })
    const jsonAgain = await visitor.postJson('/sign-up', { email: 'json@example.org' })
    expect(json.status).toBe(200)
    expect(json.json()).toMatchObject({ ok: true })
    expect(jsonAgain.text).toBe(json.text)
    expect(await taken()).toBe(before + 5)
  })

  test('keeps what was chosen', async () => {
    await createVisitor(app.url).postJson('/sign-up', {
      email: 'chosen@bücher.example',
      name: 'Zoë O’Neil-Ng',
      timeZone: 'America/Sao_Paulo',
      hour: 22,
      discreet: true,
      webOnly: true,
    })
    const due = await app.app.ports.store.deliveries.due(app.clock.now(), 1000)
    const delivery = await app.app.ports.store.deliveries.byId(due.at(-1) ?? 0)
    const signUp = await app.app.ports.store.signUps.byId(delivery?.signUpId ?? 0)
    const learner = await app.app.ports.store.learners.byId(delivery?.learnerId ?? 0)
    expect(learner?.address).toBe('chosen@xn--bcher-kva.example')
    expect(signUp).toMatchObject({
      course: 'three-days',
      wording: '2026-11-test',
      preferences: { name: 'Zoë O’Neil-Ng', timeZone: 'America/Sao_Paulo', hour: 22, discreet: true, webOnly: true },
    })
  })

  test.each([
    ['email', { email: 'ana@example.org\r\nBcc: eve@example.org' }],
    ['email', { email: 'ana@example.org, eve@example.org' }],
    ['email', { email: ['ana@example.org', 'eve@example.org'] }],
    ['email', { email: { address: 'ana@example.org' } }],
    ['email', { email: `${'a'.repeat(2000)}@example.org` }],
    ['email', {}],
    ['name', { email: 'ana@example.org', name: 'A\nSubject: x' }],
    ['name', { email: 'ana@example.org', name: 'Win at https://evil.example' }],
    ['name', { email: 'ana@example.org', name: 'Win at evil.example now' }],
    ['name', { email: 'ana@example.org', name: 'x'.repeat(41) }],
    ['timeZone', { email: 'ana@example.org', timeZone: 'Mars/Olympus' }],
    ['timeZone', { email: 'ana@example.org', timeZone: '+01:00' }],
    ['hour', { email: 'ana@example.org', hour: 24 }],
    ['hour', { email: 'ana@example.org', hour: -1 }],
    ['hour', { email: 'ana@example.org', hour: 7.5 }],
    ['hour', { email: 'ana@example.org', hour: 'noon' }],
    ['track', { email: 'ana@example.org', track: 'none-such' }],
    ['overlays', { email: 'ana@example.org', overlays: ['none-such'] }],
  ])('names the field %s of %j, and keeps nothing', async (field, body) => {
    const before = await taken()
    const answer = await createVisitor(app.url).postJson('/sign-up', body)
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ ok: false, code: 'bad-input', fields: { [field]: expect.any(String) } })
    expect(await taken()).toBe(before)
  })

  test('tells of every field at once', async () => {
    const answer = await createVisitor(app.url).postJson('/sign-up', { email: 'no', timeZone: 'no/where', hour: 99 })
    expect(Object.keys(answer.json<{ fields: object }>().fields)).toEqual(['email', 'timeZone', 'hour'])
  })

  test('shows the form again with what was typed, escaped, and the sentence at its field', async () => {
    const typed = '"><script>alert(1)</script>@example.org'
    const answer = await createVisitor(app.url).post('/sign-up', {
      email: typed,
      name: 'Ana',
      hour: '9',
      discreet: 'on',
    })
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('<script>alert')
    expect(answer.text).toContain('&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;@example.org')
    expect(answer.text).toMatch(/<p class="fault" id="fault-email">.+<\/p>\s*<input id="email"/)
    expect(answer.text).toMatch(/<input id="email"[^>]+aria-invalid="true" aria-describedby="fault-email"/)
    expect(answer.text).toContain('value="Ana"')
    expect(answer.text).toContain('<option value="9" selected>')
    expect(answer.text).toMatch(/name="discreet" value="on" checked/)
  })

  test('gives whoever fills the trap the same answer, and keeps nothing', async () => {
    const visitor = createVisitor(app.url)
    const honest = await visitor.post('/sign-up', { email: 'honest@example.org' })
    const before = await taken()
    const trapped = await visitor.post('/sign-up', { email: 'robot@example.org', website: 'https://spam.example' })
    expect([trapped.status, trapped.text]).toEqual([honest.status, honest.text])
    const json = await visitor.postJson('/sign-up', { email: 'robot@example.org', website: 'x' })
    expect(json.json()).toMatchObject({ ok: true })
    expect(await taken()).toBe(before)
  })

  test('refuses an unknown course, broken JSON and a body that is too large, without a trace', async () => {
    const visitor = createVisitor(app.url)
    const before = await taken()
    expect((await visitor.postJson('/sign-up', { email: 'a@example.org', course: 'none' })).status).toBe(404)
    const broken = await visitor.send('/sign-up', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"email":',
    })
    expect(broken.status).toBe(400)
    expect(broken.json()).toMatchObject({ ok: false, code: 'bad-input' })
    const large = await visitor.postJson('/sign-up', { email: 'a@example.org', name: 'x'.repeat(20_000) })
    expect(large.status).toBe(413)
    expect(large.json()).toMatchObject({ code: 'too-large' })
    expect((await visitor.send('/sign-up', { method: 'POST' })).status).toBe(400)
    expect(await taken()).toBe(before)
  })

  test('is not done by GET', async () => {
    const before = await taken()
    const answer = await createVisitor(app.url).get('/sign-up?email=ana@example.org')
    expect(answer.status).toBe(302)
    expect(await taken()).toBe(before)
  })
})

describe('the limit of sign-ups', () => {
  test('is SIGN_UP_LIMIT for one client and hour, answered 429 with Retry-After; typing slips do not count', async () => {
    const limited = await createTestApp({
      env: { COURSE: 'three-days', SIGN_UP_LIMIT: '2', TRUST_PROXY: '1' },
      overrides: { lessonsDir: FIXTURE_COURSES },
    })
    try {
      const visitor = createVisitor(limited.url)
      const join = (client: string, email: string) =>
        visitor.postJson('/sign-up', { email }, { 'X-Forwarded-For': client })
      for (let slip = 0; slip < 4; slip += 1) expect((await join('203.0.113.9', 'slip')).status).toBe(400)
      expect((await join('203.0.113.9', 'one@example.org')).status).toBe(200)
      expect((await join('203.0.113.9', 'two@example.org')).status).toBe(200)
      const refused = await join('203.0.113.9', 'three@example.org')
      expect(refused.status).toBe(429)
      expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
      expect(refused.json()).toMatchObject({ ok: false, code: 'too-many' })
      const page = await visitor.send('/sign-up', {
        method: 'POST',
        headers: { Accept: 'text/html', 'X-Forwarded-For': '203.0.113.9' },
        body: new URLSearchParams({ email: 'four@example.org' }),
      })
      expect(page.status).toBe(429)
      expect(page.text).toContain('A little later, please')

      expect((await join('203.0.113.10', 'five@example.org')).status).toBe(200)
      // However its address is written, an IPv4 client is the same one.
      expect((await join('::ffff:203.0.113.9', 'ten@example.org')).status).toBe(429)
      expect((await join('::FFFF:cb00:7109', 'eleven@example.org')).status).toBe(429)
      expect((await join('::ffff:203.0.113.11', 'twelve@example.org')).status).toBe(200)
      // One household of IPv6 is one client, however many addresses it has.
      expect((await join('2001:db8:0:1::1', 'six@example.org')).status).toBe(200)
      expect((await join('2001:db8:0:2::2', 'seven@example.org')).status).toBe(200)
      expect((await join('2001:db8:0:3::3', 'eight@example.org')).status).toBe(429)
      expect((await join('2001:db8:1::1', 'nine@example.org')).status).toBe(200)
    } finally {
      await limited.close()
    }
  })
})
