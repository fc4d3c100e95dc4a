import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../visitor.ts'

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
    expect(text).toContain('<option value="6" selected>6:00 AM</option>')
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
    const join = (email: string) => visitor.post('/sign-up', { email, name: '', timeZone: 'Asia/Tokyo', hour: '' })
    const form = await join('form@example.org')
    const again = await join('form@example.org')
    const other = await join('other@example.org')
    expect(form.status).toBe(200)
    expect(form.text).toContain('Look in your inbox')
    expect(form.text).toContain('<b class="typed">form@example.org</b>')
    expect([again.status, again.text]).toEqual([form.status, form.text])
    expect([other.status, other.text.replaceAll('other@', 'form@')]).toEqual([form.status, form.text])

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
    ['timeZone', { email: 'ana@example.org', timeZone: '' }],
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

  test('leads from the summary to each field, in order, and the title begins with "Error:"', async () => {
    const answer = await createVisitor(app.url).post('/sign-up', {
      email: 'no',
      name: 'www.evil.example',
      hour: '99',
      timeZone: '',
    })
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(/<title>Error: Kinder Mornings<\/title>/)
    const summary =
      /<div class="notice notice-look" role="alert" tabindex="-1" autofocus[\s\S]*?<\/div>/.exec(answer.text)?.[0] ?? ''
    const links = [...summary.matchAll(/<a href="#(\w+)">([^<]+)<\/a>/g)].map(([, id, text]) => [id, text])
    expect(links.map(([id]) => id)).toEqual(['email', 'name', 'hour', 'timeZone'])
    for (const [id, text] of links) {
      expect(answer.text).toMatch(new RegExp(`<(?:input|select) id="${id}"[^>]+aria-describedby="fault-${id}"`))
      expect(answer.text).toContain(`id="fault-${id}"><span class="away">Error: </span>${text}</p>`)
    }
    expect((await createVisitor(app.url).get('/')).text).toMatch(/<title>Kinder Mornings<\/title>/)
  })

  test('asks for a time zone that a page left out, likely ones first, and keeps what was typed; a program means UTC', async () => {
    const visitor = createVisitor(app.url)
    const before = await taken()
    for (const choice of [{ timeZone: '' }, {}]) {
      const answer = await visitor.send('/sign-up', {
        method: 'POST',
        headers: { Accept: 'text/html', 'Accept-Language': 'de-CH,pt-BR;q=0.8,en;q=0.5' },
        body: new URLSearchParams({ email: 'zone@example.org', name: 'Ana', hour: '9', ...choice }),
      })
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('Please choose your time zone, so that each lesson comes at your hour.')
      expect(answer.text).toContain('value="zone@example.org"')
      expect(answer.text).toMatch(
        /<option value="">Choose your time zone<\/option>\s*<optgroup label="Likely"><option>Europe\/Zurich<\/option><option>America\/Araguaina/,
      )
    }
    expect(await taken()).toBe(before)
    expect((await visitor.postJson('/sign-up', { email: 'program@example.org' })).status).toBe(200)
    expect(await taken()).toBe(before + 1)
  })

  test.each(['علی‌رضا', 'අනුශ්‍රී', 'J. R.', 'D’Arcy', '王小明'])(
    'takes %s as a name, and keeps it as it is',
    async (name) => {
      const email = `name-${Buffer.from(name).toString('hex').slice(0, 20)}@example.org`
      const answer = await createVisitor(app.url).post('/sign-up', { email, name, timeZone: 'UTC' })
      expect(answer.status).toBe(200)
      const due = await app.app.ports.store.deliveries.due(app.clock.now(), 1000)
      const delivery = await app.app.ports.store.deliveries.byId(due.at(-1) ?? 0)
      expect((await app.app.ports.store.signUps.byId(delivery?.signUpId ?? 0))?.preferences.name).toBe(name)
    },
  )

  test('asks about a likely slip in the domain, and takes what the person answers', async () => {
    const visitor = createVisitor(app.url)
    const typed = { email: 'Ana@Gmial.com', name: 'Ana', timeZone: 'UTC' }
    const before = await taken()
    const asked = await visitor.post('/sign-up', typed)
    expect(asked.status).toBe(400)
    expect(asked.text).toContain('<a href="#email">Did you mean Ana@gmail.com?</a>')
    expect(asked.text).toMatch(/name="meant" value="yes">Yes, use Ana@gmail.com</)
    expect(asked.text).toMatch(/name="meant" value="no">No, keep Ana@Gmial.com</)
    expect(asked.text).toContain('<input type="hidden" name="asked" value="Ana@Gmial.com">')
    // Sent again without an answer, it is asked again; answered for an address typed anew, that one is asked about.
    expect((await visitor.post('/sign-up', { ...typed, asked: typed.email })).status).toBe(400)
    expect((await visitor.post('/sign-up', { ...typed, asked: 'Ana@gmial.co', meant: 'no' })).status).toBe(400)
    expect(await taken()).toBe(before)

    const yes = await visitor.post('/sign-up', { ...typed, asked: typed.email, meant: 'yes' })
    expect(yes.status).toBe(200)
    expect(yes.text).toContain('<b class="typed">Ana@gmail.com</b>')
    const no = await visitor.post('/sign-up', { ...typed, asked: typed.email, meant: 'no' })
    expect(no.status).toBe(200)
    expect(no.text).toContain('<b class="typed">Ana@Gmial.com</b>')
    expect(await taken()).toBe(before + 2)
    // Other faults come with the question.
    const both = await visitor.post('/sign-up', { ...typed, timeZone: '' })
    expect(both.text).toContain('href="#timeZone"')
    expect(both.text).toContain('Did you mean')
  })

  test('asks a program the same, whoever has the address, and takes its word', async () => {
    const visitor = createVisitor(app.url)
    const before = await taken()
    const asked = await visitor.postJson('/sign-up', { email: 'ana@hotmial.com' })
    expect(asked.status).toBe(400)
    expect(asked.json()).toMatchObject({
      ok: false,
      code: 'bad-input',
      fields: { email: 'Did you mean ana@hotmail.com?' },
      suggestions: { email: 'ana@hotmail.com' },
    })
    expect(await taken()).toBe(before)
    expect((await visitor.postJson('/sign-up', { email: 'ana@hotmial.com', sure: true })).status).toBe(200)
    // It is taken now, and asked about as before.
    expect((await visitor.postJson('/sign-up', { email: 'ana@hotmial.com' })).text).toBe(asked.text)
    expect(await taken()).toBe(before + 1)
  })

  test('leads back from the answer to the form with everything that was typed, and sends nothing for it', async () => {
    const visitor = createVisitor(app.url)
    const chosen = {
      email: "o'neil&co@example.org",
      name: 'Ana',
      timeZone: 'Asia/Tokyo',
      hour: '9',
      discreet: 'on',
      shortEmails: 'on',
    }
    const answer = await visitor.post('/sign-up', chosen)
    expect(answer.text).toContain('<b class="typed">o&#39;neil&#38;co@example.org</b>')
    const form = /<form method="post" action="\/sign-up\/change">[\s\S]*?<\/form>/.exec(answer.text)?.[0] ?? ''
    const fields = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll('&#39;', "'").replaceAll('&#38;', '&'),
    ])
    expect(Object.fromEntries(fields)).toEqual({ course: 'three-days', ...chosen })
    const before = await taken()
    const back = await visitor.post('/sign-up/change', Object.fromEntries(fields))
    expect(back.status).toBe(200)
    expect(back.text).toContain('value="o&#39;neil&#38;co@example.org"')
    expect(back.text).toContain('<option selected>Asia/Tokyo</option>')
    expect(back.text).toMatch(/name="discreet" value="on" checked/)
    expect(back.text).not.toContain('There is a problem')
    expect(await taken()).toBe(before)
    expect((await visitor.get('/sign-up/change')).status).toBe(404)
  })

  test('gives whoever fills the trap the same answer, and keeps nothing', async () => {
    const visitor = createVisitor(app.url)
    const honest = await visitor.post('/sign-up', { email: 'honest@example.org', timeZone: 'UTC' })
    const before = await taken()
    const trapped = await visitor.post('/sign-up', {
      email: 'robot@example.org',
      timeZone: 'UTC',
      website: 'https://spam.example',
    })
    expect([trapped.status, trapped.text.replaceAll('robot@', 'honest@')]).toEqual([honest.status, honest.text])
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

  test('says what is wrong with JSON of any shape, and never fails over it', async () => {
    const visitor = createVisitor(app.url)
    const odd = '{"toString": 1, "valueOf": 1, "__proto__": {}}'
    const deep = '['.repeat(7_000) + ']'.repeat(7_000)
    for (const value of [odd, deep, `[${odd}]`]) {
      for (const name of ['course', 'email', 'name', 'timeZone', 'hour', 'discreet', 'track', 'overlays', 'asked']) {
        const body = `{"email": "a@example.org", "${name}": ${value}}`
        const headers = { 'Content-Type': 'application/json' }
        const answer = await visitor.send('/sign-up', { method: 'POST', headers, body })
        expect([name, Math.floor(answer.status / 100)]).not.toEqual([name, 5])
        expect(answer.text).not.toMatch(/invalid input|expected/i)
      }
    }
    const form = await visitor.send('/sign-up', { method: 'POST', body: new FormData() })
    expect([form.status, form.text]).toEqual([400, expect.stringContaining('Please type your email address.')])
    expect((await visitor.postJson('/sign-up', [])).text).toContain('Please type your email address.')
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
      expect(page.text).toContain('Please try again later')

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
