import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createVisitor, enrol, type Visitor } from '../visitor.ts'

let app: TestApp
let number = 0

beforeAll(async () => {
  app = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})
afterAll(() => app.close())

/** A learner of their own for each test, on day 1 of the course. */
async function newLearner(choices: Record<string, unknown> = {}): Promise<{ lesson: string; visitor: Visitor }> {
  number += 1
  const { lesson } = await enrol(app, `learner-${number}@example.org`, choices)
  return { lesson, visitor: createVisitor(app.url) }
}

/** Moves the clock past the next lesson and waits for its mail. */
async function nextLesson(mails: number): Promise<string> {
  const email = `learner-${number}@example.org`
  app.clock.advance(25 * 3_600_000)
  const all = await app.mail.waitForMail(email, mails)
  return /\/l\/[\w-]+/.exec(all.at(-1)?.mail.text ?? '')?.[0] ?? ''
}

describe('the lesson page', () => {
  test('shows the lesson, its exercise, the days and when the next lesson comes', async () => {
    const { lesson, visitor } = await newLearner()
    const { status, text } = await visitor.get(lesson)
    expect(status).toBe(200)
    expect(text).toContain('<title>Day 1: Look at this morning · Kinder Mornings</title>')
    expect(text).toContain('Hello, Ana,')
    expect(text).toContain('This paragraph stays out of the mail.')
    expect(text).toContain('Day 1 of 3')
    expect(text).toContain('Day 2: Change one part, still to come')
    expect(text).toMatch(/<details class="all-days"><summary>All days<\/summary>\s*<ol class="plan">/)
    expect(text).toMatch(/<a href="#exercise">Go to the exercise/)
    expect(text).toMatch(/The next lesson comes tomorrow, \w+day, at 7:00\sAM\./)
    for (const name of ['f.sleep', 'f.rush', 'f.parts', 'f.first', 'f.mood-before', 'f.mood-after', 'v.sleep']) {
      expect(text).toContain(`name="${name}"`)
    }
  })

  test('changes nothing when it is opened, however often, and sets no cookie', async () => {
    const { lesson, visitor } = await newLearner()
    for (let visit = 0; visit < 3; visit += 1) {
      expect((await visitor.get(`${lesson}?effort=full&f.sleep=3`)).headers.getSetCookie()).toEqual([])
    }
    const { text } = await visitor.get(lesson)
    expect(text).not.toContain('is done')
    expect(text).not.toMatch(/name="f.sleep" value="\d+" checked/)
  })

  test('shows a hostile name as text', async () => {
    const { lesson, visitor } = await newLearner({ name: "O'N&eil" })
    expect((await visitor.get(lesson)).text).toMatch(/Hello, O&#39;N&#38;eil,/)
  })

  test('is neutral in discreet mode: title, name and emblem', async () => {
    const { lesson, visitor } = await newLearner({ discreet: true })
    const { text } = await visitor.get(lesson)
    expect(text).toContain('<title>Notes</title>')
    expect(text).not.toContain('Kinder Mornings')
    expect(text).not.toContain('>KM<')
  })

  test('keeps a day closed until its lesson was sent', async () => {
    const { lesson, visitor } = await newLearner()
    const token = app.app.ports
    const { signLink, readLink } = await import('../../../src/core/security/link-token.ts')
    const [enrolment = 0] = readLink(token.keys, 'lesson', lesson.slice('/l/'.length)) ?? []
    const dayTwo = `/l/${signLink(token.keys, 'lesson', [enrolment, 2])}`
    const closed = await visitor.get(dayTwo)
    expect(closed.status).toBe(200)
    expect(closed.text).toContain('This day is not open yet')
    expect(closed.text).toMatch(/It opens tomorrow/)
    expect(closed.text).not.toContain('take one part of the morning')
    const saved = await visitor.post(dayTwo, { 'f.which': 'drink', 'v.which': '0', effort: 'small' })
    expect(saved.status).toBe(403)
    const draft = await visitor.postJson(`${dayTwo}/draft`, { 'f.which': 'drink', 'v.which': '0' })
    expect(draft.status).toBe(403)
    expect(draft.json()).toMatchObject({ code: 'not-yet' })
  })

  test('does not open for a link that was changed, nor for a link of another purpose', async () => {
    number += 1
    const { lesson, stop } = await enrol(app, `learner-${number}@example.org`)
    const visitor = createVisitor(app.url)
    expect((await visitor.get(`${lesson.slice(0, -1)}${lesson.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404)
    expect((await visitor.get(`/l/${stop.slice('/stop/'.length)}`)).status).toBe(404)
    expect((await visitor.get(`/stop/${lesson.slice('/l/'.length)}`)).status).toBe(404)
    expect((await visitor.get('/l/%E0%A4%A')).status).toBe(400)
  })
})

describe('saving without scripts', () => {
  test('keeps what was written, leads back to the page, and shows it to this browser alone', async () => {
    const { lesson, visitor } = await newLearner()
    const saved = await visitor.post(lesson, {
      'f.sleep': '4',
      'v.sleep': '0',
      'f.parts': ['light', 'phone'],
      'v.parts': '0',
      'f.first': '<b>I "opened" my eyes</b>',
      'v.first': '0',
      keep: '1',
    })
    expect(saved.status).toBe(303)
    expect(saved.headers.get('Location')).toBe(`${lesson}?saved=text#saved`)
    const [cookie = ''] = saved.headers.getSetCookie()
    expect(cookie).toMatch(/^notes=[\w-]{20,}; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)

    const mine = await visitor.get(`${lesson}?saved=text`)
    expect(mine.text).toContain('<b>Saved.</b>')
    expect(mine.text).toMatch(/name="f.sleep" value="4" checked/)
    expect(mine.text).toMatch(/value="light" checked/)
    expect(mine.text).not.toMatch(/value="drink" checked/)
    expect(mine.text).toContain('value="&#60;b&#62;I &#34;opened&#34; my eyes&#60;/b&#62;"')

    const theirs = await createVisitor(app.url).get(lesson)
    expect(theirs.text).not.toContain('opened&#34;')
    expect(theirs.text).not.toMatch(/name="f.sleep" value="4" checked/)
    expect(theirs.text).toContain('Something was written on this page in another browser')
    const forged = createVisitor(app.url)
    forged.cookies.set('notes', 'a'.repeat(43))
    expect((await forged.get(lesson)).text).not.toContain('opened&#34;')
  })

  test('completes the day in each of its three forms', async () => {
    for (const [effort, words] of [
      ['full', 'with the full form'],
      ['small', 'with the small form'],
      ['not-today', 'not today, and that is fine'],
    ] as const) {
      const { lesson, visitor } = await newLearner()
      const fields = { 'f.sleep': '4', 'v.sleep': '0', 'f.parts': 'light', 'v.parts': '0' }
      const answer = await visitor.post(lesson, effort === 'not-today' ? { effort } : { ...fields, effort })
      expect(answer.status).toBe(303)
      const page = await visitor.get(answer.headers.get('Location') ?? '')
      expect(page.text).toContain('Day 1 is done')
      expect(page.text).toContain(words)
      expect(page.text).toContain('Day 1: Look at this morning, done')
      expect(page.text).toMatch(
        /<div class="done" id="saved" role="status"[^>]*>\s*<svg class="done-mark"[\s\S]*<p class="done-next">The next lesson comes tomorrow, \w+day, at 7:00\sAM\.<\/p>/,
      )
    }
  })

  test('says kindly what a form still asks for, and keeps what was given', async () => {
    const { lesson, visitor } = await newLearner()
    const answer = await visitor.post(lesson, { 'f.sleep': '4', 'v.sleep': '0', 'v.parts': '0', effort: 'full' })
    expect(answer.headers.get('Location')).toBe(`${lesson}?saved=full&missing=parts#saved`)
    const page = await visitor.get(answer.headers.get('Location') ?? '')
    expect(page.text).toContain('For the full form, this is still open')
    expect(page.text).toContain('<a href="#field-parts">What was in it</a>')
    expect(page.text).toMatch(/name="f.sleep" value="4" checked/)
    expect(page.text).not.toContain('is done')
  })

  test('keeps the rest when one value cannot be taken, and shows that one again with a sentence', async () => {
    const { lesson, visitor } = await newLearner()
    const long = 'x'.repeat(100)
    const answer = await visitor.post(lesson, { 'f.sleep': '4', 'v.sleep': '0', 'f.first': long, 'v.first': '0' })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('20 characters too long')
    expect(answer.text).toContain(`value="${long}"`)
    expect((await visitor.get(lesson)).text).toMatch(/name="f.sleep" value="4" checked/)
  })

  test('offers to stop when it got three points heavier', async () => {
    const { lesson, visitor } = await newLearner()
    const mood = (before: string, after: string) =>
      visitor.post(lesson, {
        'f.mood-before': before,
        'v.mood-before': '0',
        'f.mood-after': after,
        'v.mood-after': '9',
      })
    await mood('2', '4')
    expect((await visitor.get(lesson)).text).toMatch(/data-care="3" hidden/)
    await mood('2', '5')
    expect((await visitor.get(lesson)).text).toMatch(/data-care="3">/)
  })

  test('an untouched field of an older page replaces nothing that another tab saved', async () => {
    const { lesson, visitor } = await newLearner()
    await visitor.post(lesson, { 'f.first': 'from the other tab', 'v.first': '0' })
    await visitor.post(lesson, { 'f.sleep': '4', 'v.sleep': '0', 'f.first': '', 'v.first': '0', 'v.parts': '0' })
    const { text } = await visitor.get(lesson)
    expect(text).toContain('value="from the other tab"')
    expect(text).not.toContain('<summary>Written')
  })
})

describe('saving while typing', () => {
  test('acknowledges with versions, and both texts stay when two tabs cross', async () => {
    const { lesson, visitor } = await newLearner()
    const first = await visitor.postJson(`${lesson}/draft`, { 'f.first': 'one', 'v.first': '0' })
    expect(first.json()).toEqual({ ok: true, versions: { first: 1 }, conflicts: {}, errors: {} })
    const second = await visitor.postJson(`${lesson}/draft`, { 'f.first': 'two', 'v.first': '1' })
    expect(second.json()).toMatchObject({ versions: { first: 2 }, conflicts: {} })
    const crossed = await visitor.postJson(`${lesson}/draft`, { 'f.first': 'three', 'v.first': '1' })
    expect(crossed.json()).toMatchObject({
      versions: { first: 3 },
      conflicts: { first: [{ mark: 'Written here on March 2, 9:00 AM', value: 'two' }] },
    })

    const { text } = await visitor.get(lesson)
    expect(text).toContain('value="three"')
    expect(text).toMatch(/Written here on March 2, 9:00 AM<\/summary><blockquote>two</)
    expect(text).toContain('name="v.first" value="3"')
  })

  test('takes what a page sends on its way out, and the same once more changes nothing', async () => {
    const { lesson, visitor } = await newLearner()
    const beacon = () =>
      visitor.send(`${lesson}/draft`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain' },
        body: JSON.stringify({ 'f.first': 'last words', 'v.first': '0' }),
      })
    expect((await beacon()).json()).toMatchObject({ versions: { first: 1 } })
    expect((await beacon()).json()).toMatchObject({ versions: { first: 1 }, conflicts: {} })
  })

  test('tells which value it could not take, and takes the others', async () => {
    const { lesson, visitor } = await newLearner()
    const answer = await visitor.postJson(`${lesson}/draft`, { 'f.sleep': '99', 'v.sleep': '0', 'f.first': 'kept' })
    expect(answer.json()).toMatchObject({
      versions: { first: 1 },
      errors: { sleep: expect.stringContaining('0 to 10') },
    })
  })

  test('refuses more than a megabyte, and what is no JSON', async () => {
    const { lesson, visitor } = await newLearner()
    expect((await visitor.postJson(`${lesson}/draft`, { 'f.first': 'x'.repeat(1_100_000) })).status).toBe(413)
    const broken = await visitor.send(`${lesson}/draft`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"f.first"',
    })
    expect(broken.status).toBe(400)
  })
})

describe('every kind of field', () => {
  test('can be filled in and comes back, on the pages of a whole course, up to the closing page', async () => {
    const { lesson, visitor } = await newLearner()
    await visitor.post(lesson, { 'f.sleep': '4', 'v.sleep': '0', 'f.rush': '8', 'v.rush': '0' })

    const dayTwo = await nextLesson(3)
    const answer = await visitor.post(dayTwo, {
      'f.which': 'light',
      'f.sort.snooze': 'rush',
      'f.sort.window': 'rush',
      'f.plan.when': 'the alarm rings',
      'f.plan.what': 'open the curtain',
      'f.story': 'It went well,\r\nbut it rained.\r\n</textarea><script>alert(1)</script>',
      'f.day': '2026-03-05',
      'f.clock': '06:30',
      'f.letter_version': 'therapist',
      effort: 'full',
    })
    expect(answer.headers.get('Location')).toBe(`${dayTwo}?saved=full#saved`)
    const two = (await visitor.get(dayTwo)).text
    expect(two).toMatch(/name="f.which" value="light" checked/)
    expect(two).toMatch(/data-say="light">Leave the curtain open\./)
    expect(two).toMatch(/data-say="drink" hidden/)
    expect(two).toMatch(/<b>Yes\.<\/b> They are missing later\./)
    expect(two).toMatch(/<b>Look once more\.<\/b> It takes half a minute\./)
    expect(two).toMatch(/name="f.plan.when"[^>]+value="the alarm rings"/)
    expect(two).toContain('It went well,\nbut it rained.\n&#60;/textarea&#62;&#60;script&#62;')
    expect(two).toMatch(/type="date"[^>]+value="2026-03-05"/)
    expect(two).toMatch(/type="time"[^>]+value="06:30"/)
    expect(two).toMatch(/name="f.letter_version" value="therapist" checked/)

    const dayThree = await nextLesson(4)
    const three = (await visitor.get(dayThree)).text
    expect(three).toMatch(/How you slept <span class="quiet">on day 1: 4</)
    expect(three).toMatch(/How rushed it was <span class="quiet">on day 1: 8</)
    await visitor.post(dayThree, { 'f.again.sleep': '6', 'f.again.rush': '5', effort: 'full' })
    expect((await visitor.get(dayThree)).text).toMatch(/name="f.again.sleep" value="6" checked/)
    expect((await createVisitor(app.url).get(dayThree)).text).not.toContain('on day 1: 4')

    const closing = await nextLesson(5)
    const last = (await visitor.get(closing)).text
    expect(last).toContain('you looked at three mornings and tried one change')
    expect(last).toContain(`<a href="${dayTwo}">Change one part</a>`)
  })
})

describe('ending the session', () => {
  test('hides what was written from the browser that wrote it, and asking again changes nothing', async () => {
    const { lesson, visitor } = await newLearner()
    await visitor.post(lesson, { 'f.first': 'for my eyes', 'v.first': '0' })
    const secret = visitor.cookies.get('notes') ?? ''
    expect((await visitor.get(lesson)).text).toContain('for my eyes')
    const ended = await visitor.send('/session/end', { method: 'POST', headers: { Accept: 'application/json' } })
    expect(ended.status).toBe(204)
    expect(visitor.cookies.size).toBe(0)
    expect((await visitor.get(lesson)).text).not.toContain('for my eyes')

    // The cookie's value is worth nothing any more, wherever it was kept.
    visitor.cookies.set('notes', secret)
    expect((await visitor.get(lesson)).text).not.toContain('for my eyes')
    const page = await visitor.post('/session/end')
    expect(page.status).toBe(200)
    expect(page.text).toContain('Closed on this device')
    expect((await visitor.get('/session/end')).status).toBe(404)
  })
})

describe('hour and time zone', () => {
  test('are shown, and a change moves the lessons still to come', async () => {
    const { lesson, visitor } = await newLearner()
    const form = await visitor.get(`${lesson}/settings`)
    expect(form.text).toContain('<option value="7" selected>')
    expect(form.text).toContain('<option selected>Europe/Lisbon</option>')
    const changed = await visitor.post(`${lesson}/settings`, { timeZone: 'Asia/Kolkata', hour: '21' })
    expect(changed.status).toBe(303)
    const after = await visitor.get(changed.headers.get('Location') ?? '')
    expect(after.text).toMatch(/Saved\..*at 9:00\sPM/)
    expect(after.text).toContain('<option selected>Asia/Kolkata</option>')
    await waitFor(async () => /at 9:00\sPM/.test((await visitor.get(lesson)).text), 'the page to say the new hour')
  })

  test('that make no sense are refused with a sentence', async () => {
    const { lesson, visitor } = await newLearner()
    const refused = await visitor.post(`${lesson}/settings`, { timeZone: 'Mars/Olympus', hour: '24' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('We do not know this time zone')
    expect(refused.text).toContain('Please choose an hour from 0 to 23')
    expect((await visitor.get(`${lesson}/settings`)).text).toContain('<option value="7" selected>')
  })

  test('of any shape are refused or left aside, and never fail', async () => {
    const { lesson, visitor } = await newLearner()
    const odd = { toString: 1, valueOf: 1 }
    const statusOf = async (name: string) => (await visitor.postJson(`${lesson}/settings`, { [name]: odd })).status
    expect([await statusOf('timeZone'), await statusOf('hour')]).toEqual([400, 400])
    for (const name of ['discreet', 'webOnly', 'checkIns', 'shortEmails', 'track', 'overlays'])
      expect([name, await statusOf(name)]).not.toEqual([name, 500])
  })
})
