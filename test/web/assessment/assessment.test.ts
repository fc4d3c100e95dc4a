import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { type AssessmentAnswers, PREFER_NOT } from '../../../src/core/assessment/assessment.ts'
import { shownQuestions } from '../../../src/core/assessment/score-assessment.ts'
import type { CourseResources } from '../../../src/core/course/parse/parse-resources.ts'
import { publicPagePath } from '../../../src/core/course/public-pages.ts'
import { allRows } from '../../support/database/database-rows.ts'
import { linkOf, linksOf } from '../../support/mail-links.ts'
import type { Accepted } from '../../support/mail-server.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join as joinCourse } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Form } from '../../support/visitor.ts'
import { waitFor } from '../../support/wait-for.ts'

const COURSE = 'steady-week'
const START = `/courses/${COURSE}/start`

let app: TestApp
let resources: CourseResources

beforeAll(async () => {
  app = await createTestApp({ worker: true })
  resources = app.app.ports.courses.resourcesOf(COURSE)
})
afterAll(() => app?.close())

function assessment() {
  if (resources.assessment === null) throw new Error('The course has no assessment.')
  return resources.assessment
}

const formOf = (answers: AssessmentAnswers): Form =>
  Object.fromEntries(Object.entries(answers).map(([id, given]) => [`q.${id}`, given]))

const finish = (answers: AssessmentAnswers, path = START) =>
  createVisitor(app.url).post(path, { mode: 'all', go: 'finish', seen: '1', ...formOf(answers) })

const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim()

/** The outcome's own words: what is on the page beside the care pages, which are as long as they need to be. */
function outcomeWords(html: string): number {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? ''
  const outcome = (/<div class="outcome">([\s\S]*?)<p class="help-now"/.exec(main)?.[1] ?? '')
    .replace(/<article class="card prose route"[\s\S]*?<\/article>/g, '')
    // The numbers to call, of every country.
    .replace(/<div class="help-lines"[\s\S]*?<\/div>/g, '')
  return textOf(outcome).split(' ').filter(Boolean).length
}

/** Any answers at all, also none, also to follow-ups whose time has not come. */
const anyAnswers = () =>
  fc.record(
    Object.fromEntries(
      assessment().questions.map(({ id, many, options, preferNot }) => {
        const ids = [...options.map((option) => option.id), ...(preferNot ? [PREFER_NOT] : [])]
        return [id, many ? fc.subarray(ids, { minLength: 1 }) : fc.constantFrom(...ids)]
      }),
    ),
    { requiredKeys: [] },
  ) as fc.Arbitrary<AssessmentAnswers>

/** The hidden field that goes with the sign-up form. */
function ticketIn(html: string): string {
  return /name="start" value="([^"]+)"/.exec(html)?.[1] ?? ''
}

describe('the outcome', () => {
  test('is there whatever a person answers: 250 words at most, with the help page', async () => {
    const help = publicPagePath(COURSE, { kind: 'page', name: 'help' }, false)
    await fc.assert(
      fc.asyncProperty(anyAnswers(), async (answers) => {
        const { status, text } = await finish(answers)
        expect(status).toBe(200)
        expect(text).toContain('<h1>Your starting point</h1>')
        expect(text).toContain(`href="${help}"`)
        expect(outcomeWords(text)).toBeGreaterThan(30)
        expect(outcomeWords(text)).toBeLessThanOrEqual(250)
      }),
      { numRuns: 150 },
    )
  })

  test('shows the pages of every route, the most urgent first, and offers no lessons then', async () => {
    const { text } = await finish({
      'partner-acts': ['neck'],
      'dark-thoughts': 'often',
      'own-harm': 'yes',
      closest: 'hurt',
    })
    const titles = [...text.matchAll(/<article class="card prose route"[^>]*><h2>(.*?)<\/h2>/g)].map(
      (match) => match[1],
    )
    expect(titles).toEqual([
      'You, before any course',
      'Get safe first',
      'Your safety comes first',
      'You were hurt, and you did harm',
    ])
    expect(text).not.toContain('name="email"')
    // On paper it would tell whoever finds it.
    expect(text).not.toContain('data-do="print"')
    expect((await finish({ closest: 'hurt' })).text).toContain('data-do="print"')
  })

  test('puts the emergency number before the rest of an urgent page', async () => {
    const { text } = await finish({ 'partner-acts': ['neck'] })
    expect(text.indexOf('tel:999')).toBeGreaterThan(0)
    expect(text.indexOf('tel:999')).toBeLessThan(text.indexOf('pressure on your neck'))
  })
})

/** Answers that pause the course, each alone. */
const PAUSING: readonly AssessmentAnswers[] = [
  { frightened: 'often' },
  { 'partner-acts': ['neck'] },
  { 'dark-thoughts': 'often' },
]

describe('an answer that pauses the course', () => {
  test.each(PAUSING)('%j shows its outcome at once, asked all on one page or one by one', async (answers) => {
    const [at] = Object.keys(answers)
    const all = await createVisitor(app.url).post(START, { mode: 'all', go: 'finish', ...formOf(answers) })
    const one = await createVisitor(app.url).post(START, { mode: 'one', go: 'next', at: at ?? '', ...formOf(answers) })
    for (const { status, text } of [all, one]) {
      expect(status).toBe(200)
      expect(text).toContain('<h1>Your starting point</h1>')
      expect(text).toContain('What to do first')
      expect(text).not.toContain('still open')
      expect(text).not.toContain('name="email"')
    }
  })

  test.each(PAUSING)(
    '%j: its numbers stand in the first step, before its pages, as links that dial',
    async (answers) => {
      const visitor = createVisitor(app.url)
      const pausing = await visitor.post(START, { mode: 'all', go: 'finish', ...formOf(answers) })
      const step = /<ol class="steps"><li>([\s\S]*?)<\/li>\s*<li>(?!<span class="kicker")/.exec(pausing.text)?.[1] ?? ''
      expect(step).toMatch(/href="tel:\+?\d+"/)
      expect(pausing.text.indexOf('What to do first')).toBeLessThan(pausing.text.indexOf('class="card prose route"'))
      const page = assessment().routes.find(({ id }) => pausing.text.includes(`id="${id}"`))?.page
      for (const kind of resources.pages.find(({ name }) => name === page)?.numbers ?? [])
        for (const place of resources.helpNumbers?.places ?? [])
          for (const line of place.lines.filter((one) => one.kind === kind && one.phone !== ''))
            expect(step).toContain(`href="tel:${line.phone.replace(/[^0-9+]/g, '')}"`)
    },
  )

  test('walking back from it shows the question again, and another answer goes on from there', async () => {
    const visitor = createVisitor(app.url)
    const back = await visitor.post(START, { mode: 'one', go: 'back', at: 'partner-acts', 'q.frightened': 'often' })
    expect(textOf(back.text)).toContain('Question 1 of 11')
    const on = await visitor.post(START, { mode: 'one', go: 'next', at: 'frightened', 'q.frightened': 'no' })
    expect(textOf(on.text)).toContain('Question 2 of 11')
    const skipped = await visitor.post(START, { mode: 'one', go: 'skip', at: 'frightened', 'q.frightened': 'often' })
    expect(textOf(skipped.text)).toContain('Question 2 of 11')
  })
})

describe('an outcome shown again', () => {
  const again = (html: string) => /data-again="([^"]+)"/.exec(html)?.[1] ?? ''
  const answers = { frightened: 'often', closest: 'hurt' }

  test('is the same, from a ticket that only this service can read, for half an hour', async () => {
    const first = await finish(answers)
    const outcome = again(first.text)
    const restored = await createVisitor(app.url).post(START, { outcome })
    expect(restored.text).toBe(first.text)
    expect(outcome.length).toBe(again((await finish({})).text).length)
    for (const readable of [outcome, Buffer.from(outcome, 'base64url').toString('latin1')])
      expect(readable).not.toMatch(/often|fright|closest|hurt/)
    for (const bad of ['', 'nonsense', `${outcome.slice(0, -6)}AAAAAA`, outcome.slice(0, 40)])
      expect((await createVisitor(app.url).post(START, { outcome: bad })).text).toContain('One question at a time')
    app.clock.advance(30 * 60_000)
    const late = await createVisitor(app.url).post(START, { outcome })
    expect(late.text).toContain('One question at a time')
    expect(late.text).not.toContain('Your safety comes first')
  })

  test('after sign-up it is the same too, and nothing is applied a second time', async () => {
    const { lessonLink, visitor } = await joinCourse(app, 'shown-again@example.org')
    const path = `${new URL(lessonLink).pathname}/start`
    const first = await visitor.post(path, { mode: 'all', go: 'finish', 'q.frightened': 'often' })
    const rows = allRows(app.dataDir)
    const restored = await visitor.post(path, { outcome: again(first.text) })
    expect(restored.text).toBe(first.text)
    expect(allRows(app.dataDir)).toEqual(rows)
    // Without scripts a browser sends the form itself once more.
    const resent = await visitor.post(path, { mode: 'all', go: 'finish', 'q.frightened': 'often' })
    expect(resent.text.replace(/data-again="[^"]+"/, '')).toBe(first.text.replace(/data-again="[^"]+"/, ''))
  })
})

describe('the questions', () => {
  test('come one by one, with the answers in the form alone, and can be walked back', async () => {
    const visitor = createVisitor(app.url)
    const first = await visitor.post(START, { go: 'begin', mode: 'one' })
    expect(textOf(first.text)).toContain('Question 1 of 11')
    const second = await visitor.post(START, { go: 'next', mode: 'one', at: 'frightened', 'q.frightened': 'once' })
    expect(second.text).toContain('<input type="hidden" name="q.frightened" value="once">')
    const back = await visitor.post(START, { go: 'back', mode: 'one', at: 'partner-acts', 'q.frightened': 'once' })
    expect(back.text).toMatch(/value="once" checked/)
    expect(visitor.cookies.size).toBe(0)
    expect(second.headers.get('cache-control')).toBe('no-store')
  })

  test('say so when one is left open, and let it be skipped', async () => {
    const visitor = createVisitor(app.url)
    const open = await visitor.post(START, { go: 'next', mode: 'one', at: 'closest' })
    expect(open.text).toMatch(/role="alert"[\s\S]*href="#a-closest"/)
    const skipped = await visitor.post(START, { go: 'skip', mode: 'one', at: 'closest' })
    expect(skipped.text).toContain('id="q-since"')
  })

  test('ask the follow-up only after its answer, and use the words of the track', async () => {
    const visitor = createVisitor(app.url)
    const follow = await visitor.post(START, { go: 'next', mode: 'one', at: 'closest', 'q.closest': 'both' })
    expect(follow.text).toContain('id="q-work-on"')
    const answers = { 'q.closest': 'both', 'q.work-on': 'crossed' }
    const worded = await visitor.post(START, { go: 'next', mode: 'one', at: 'body', 'q.body': 'never', ...answers })
    expect(textOf(worded.text)).toContain('When your partner says that they hurt, what do you mostly do?')
    const plain = await visitor.post(START, { go: 'next', mode: 'one', at: 'closest', 'q.closest': 'hurt' })
    expect(plain.text).toContain('id="q-since"')
  })

  test('all on one page: what is open is told once, then the outcome comes all the same', async () => {
    const visitor = createVisitor(app.url)
    const told = await visitor.post(START, { go: 'finish', mode: 'all', 'q.closest': 'alone' })
    const open = shownQuestions(assessment(), { closest: 'alone' }).length - 1
    expect(textOf(told.text)).toContain(`${open} questions are still open`)
    expect(told.text).toMatch(/value="alone" checked/)
    const outcome = await visitor.post(START, { go: 'finish', mode: 'all', seen: '1', 'q.closest': 'alone' })
    expect(outcome.text).toContain('Your starting point')
  })

  test('unknown questions and options change nothing', async () => {
    const { status, text } = await finish({ closest: 'nonsense', other: 'x', __proto__: 'y' } as AssessmentAnswers)
    expect(status).toBe(200)
    expect(text).not.toContain('nonsense')
  })
})

describe('pages without an address', () => {
  test('the page of a route cannot be opened by any address', async () => {
    const visitor = createVisitor(app.url)
    for (const route of assessment().routes) {
      for (const discreet of [true, false]) {
        const path = publicPagePath(COURSE, { kind: 'page', name: route.page }, discreet)
        expect((await visitor.get(path)).status).toBe(404)
      }
    }
  })

  test('plain addresses and titles say nothing of the course', async () => {
    const visitor = createVisitor(app.url)
    for (const place of [{ kind: 'start' }, { kind: 'page', name: 'help' }, { kind: 'library' }] as const) {
      const path = publicPagePath(COURSE, place, true)
      expect(path).toMatch(/^\/n\/[\w-]{10}$/)
      const { status, text, headers } = await visitor.get(path)
      expect(status).toBe(200)
      expect(text).toContain('<title>Notes</title>')
      expect(text).not.toContain('Steady Week')
      expect(text.match(/href="\/courses/g)).toBeNull()
      expect(headers.get('x-robots-tag')).toContain('noindex')
    }
  })
})

test('an outcome has its plan on a card, and the reasons folded', async () => {
  const { text } = await finish({ closest: 'crossed', manage: 'completely', body: 'never' })
  expect(text).toMatch(
    /<section class="card plan-card" aria-labelledby="plan-title">\s*<h2 id="plan-title">Your plan<\/h2>\s*<ol class="steps">/,
  )
  expect(text).toMatch(/<details class="fold why"><summary>Why you got this<\/summary>\s*<ul><li>/)
})

test('the library groups its articles by situation, each under every situation that it suits, and loses none', async () => {
  const visitor = createVisitor(app.url)
  const resources = app.app.ports.courses.resourcesOf(COURSE)
  const course = app.app.ports.courses.get(COURSE)
  const { text } = await visitor.get(publicPagePath(COURSE, { kind: 'library' }, false))
  const groups = [...text.matchAll(/<h2 id="for-([\w-]+)">[\s\S]*?<\/section>/g)].map(
    ([section, name = '']) =>
      [name, [...section.matchAll(/library\/([\w-]+)"/g)].map(([, article]) => article)] as const,
  )
  expect(groups.map(([name]) => name)).toEqual([...(course?.tracks ?? []).map(({ name }) => name), 'everyone'])
  for (const [name, articles] of groups)
    expect([name, articles]).toEqual([
      name,
      resources.articles
        .filter(({ audiences }) => (name === 'everyone' ? audiences.length === 0 : audiences.includes(name)))
        .map((article) => article.name),
    ])
  expect(new Set(groups.flatMap(([, articles]) => articles)).size).toBe(resources.articles.length)
})

describe('joining from the outcome', () => {
  const ordinary = { closest: 'crossed', manage: 'completely', body: 'never' }

  test('carries track and overlays, and the plan into the first lesson, for whoever asks', async () => {
    const { text } = await finish(ordinary)
    const { confirmation, lessonLink, visitor } = await joinCourse(app, 'plan@example.org', {
      start: ticketIn(text),
      mailPlan: 'on',
    })
    expect(confirmation.mail.text).not.toContain('Your plan')
    const [, lesson] = await app.mail.waitForMail('plan@example.org', 2)
    expect(lesson?.mail.text).toMatch(/Your plan[\s\S]*1\. Catch one line that makes their hurt smaller/)
    expect(lesson?.mail.html).toContain('Your plan')
    const path = `${new URL(lessonLink).pathname}/settings`
    // Track and overlays follow from answers: the link alone tells neither.
    expect((await createVisitor(app.url).get(path)).text).not.toMatch(/name="(track|overlays)"|>Mend<|>Lighter</)
    const page = await visitor.get(path)
    expect(page.text).toMatch(/value="mend"[^>]*(checked|selected)/)
    expect(page.text).toMatch(/value="lighter"[^>]*checked|name="overlays"[^>]*lighter[^>]*checked/)
  })

  test('without it, nothing of the outcome is kept; nor in a discreet mail', async () => {
    const { text } = await finish(ordinary)
    const start = ticketIn(text)
    const plain = await joinCourse(app, 'without@example.org', { start, mailPlan: 'on', without: '1' })
    const settings = await plain.visitor.get(`${new URL(plain.lessonLink).pathname}/settings`)
    expect(settings.text).toContain('value="mend"')
    expect(settings.text).not.toMatch(/value="mend"[^>]*(checked|selected)/)
    await joinCourse(app, 'discreet-plan@example.org', { start, mailPlan: 'on', discreet: 'on' })
    for (const { raw } of [
      ...(await app.mail.waitForMail('without@example.org', 2)),
      ...(await app.mail.waitForMail('discreet-plan@example.org', 2)),
    ])
      expect(raw.toString('utf8')).not.toMatch(/Your plan|Catch one line/)
  })

  test('a ticket that was changed, or is for another course, is passed over', async () => {
    const { text } = await finish(ordinary)
    const start = ticketIn(text)
    const changed = `${start.slice(0, -6)}AAAAAA`
    const { lessonLink, visitor } = await joinCourse(app, 'changed@example.org', { start: changed, mailPlan: 'on' })
    const settings = await visitor.get(`${new URL(lessonLink).pathname}/settings`)
    expect(settings.text).not.toMatch(/value="mend"[^>]*(checked|selected)/)
  })
})

describe('after sign-up', () => {
  const dayLink = async (address: string, day: number) => {
    // Every email leads to the days; that with a link to read leads to a page of its own first.
    const isLesson = (links: readonly string[]) =>
      links.some((link) => link.includes('/l/')) && !links.some((link) => link.includes('/read/'))
    const lessons = () => app.mail.accepted.filter((mail) => mail.to === address && isLesson(linksOf(mail)))
    await waitFor(
      () => lessons().length >= day,
      () => `the mail of day ${day} to ${address}`,
    )
    return new URL(linkOf(lessons()[day - 1] as Accepted, '/l/')).pathname
  }

  test('a paused course sends nothing more and shows the learner alone a page that says why', async () => {
    const address = 'paused@example.org'
    const { lessonLink, visitor } = await joinCourse(app, address)
    const path = new URL(lessonLink).pathname
    const outcome = await visitor.post(`${path}/start`, {
      mode: 'all',
      go: 'finish',
      seen: '1',
      'q.frightened': 'often',
    })
    expect(outcome.text).toContain('Your safety comes first')
    const page = await visitor.get(path)
    expect(page.text).toContain('<h1>First things first</h1>')
    expect(page.text).not.toMatch(/locked|not available|fright/i)
    // Whoever holds the link alone sees what they see of everyone with short emails.
    expect((await createVisitor(app.url).get(path)).text).toContain('<h1>Your pages</h1>')
    app.clock.advance(3 * 86_400_000)
    // Others are served meanwhile: a sign-up after it is answered, so the sweep has passed over this one.
    await joinCourse(app, 'after-paused@example.org')
    expect(app.mail.accepted.filter(({ to }) => to === address)).toHaveLength(2)
  })

  test('letters give way to a page of its own in an own session, and every mail is short from then on', async () => {
    const address = 'no-letters@example.org'
    const { lessonLink, visitor } = await joinCourse(app, address)
    const answers = { 'q.own-harm': 'yes', 'q.closest': 'crossed' }
    await visitor.post(`${new URL(lessonLink).pathname}/start`, { mode: 'all', go: 'finish', seen: '1', ...answers })
    const letter = app.app.ports.courses.get(COURSE)?.lessons.find(({ exercise }) => exercise.letter)?.day ?? 0
    expect(letter).toBeGreaterThan(1)
    for (let day = 2; day <= letter; day += 1) {
      app.clock.advance(86_400_000)
      await dayLink(address, day)
    }
    const [before, mail] = (await app.mail.waitForMail(address, letter + 1)).slice(letter - 1)
    expect(mail?.mail.text).toContain('There is a new page for you')
    expect(before?.mail.subject).toBe(mail?.mail.subject)
    expect(before?.raw.length).toBe(mail?.raw.length)
    const page = await visitor.get(await dayLink(address, letter))
    expect(page.text).toContain('<h1>No letter today</h1>')
    expect(page.text).not.toContain('<textarea')
    const stranger = await createVisitor(app.url).get(await dayLink(address, letter))
    expect(stranger.text).not.toContain('No letter today')
    const done = await visitor.post(await dayLink(address, letter), { effort: 'full' })
    expect(done.status).toBe(303)
    expect(done.headers.get('location')).not.toContain('missing')
  })

  /** Every question answered, none of which holds anything back. */
  const whole = {
    'q.frightened': 'no',
    'q.partner-acts': 'none',
    'q.own-harm': 'no',
    'q.dark-thoughts': 'no',
    'q.closest': 'hurt',
    'q.since': 'weeks',
    'q.contact': 'yes',
    'q.body': 'never',
    'q.hurt-heard': 'listen',
    'q.care': 'weekly',
    'q.manage': 'not-me',
    'q.pressure': 'none',
  }
  const finished = { mode: 'all', go: 'finish', seen: '1' }
  const OFFER = 'find your starting point</a> once more'

  test('the first day alone, until everything is answered again in a fresh own session; then from the next day on', async () => {
    const address = 'first-day@example.org'
    const { lessonLink, visitor } = await joinCourse(app, address)
    const other = await joinCourse(app, 'nothing-held@example.org')
    const first = new URL(lessonLink).pathname
    await visitor.post(`${first}/start`, { ...finished, 'q.dark-thoughts': 'passing' })
    expect((await visitor.get(first)).text).not.toContain('<h1>Steady yourself</h1>')
    expect((await visitor.get(first)).text).not.toContain(OFFER)
    app.clock.advance(86_400_000)
    const second = await dayLink(address, 2)
    const held = await visitor.get(second)
    expect(held.text).toContain('<h1>A quiet page for today</h1>')
    // The same words on the same day for whoever answered nothing.
    expect(held.text).toContain(OFFER)
    const others = await createVisitor(app.url).get(await dayLink('nothing-held@example.org', 2))
    expect(others.text).toContain(OFFER)
    expect((await other.visitor.get(other.lessonLink)).text).not.toContain(OFFER)

    // A day after confirming the session is not fresh any more, and a stranger has none: neither lifts anything.
    for (const browser of [visitor, createVisitor(app.url)]) {
      const shown = await browser.post(`${second}/start`, { ...finished, ...whole })
      expect(shown.text).toContain('<h1>Your starting point</h1>')
      expect(shown.text).toContain('This page is not kept.')
      expect(shown.headers.getSetCookie()).toEqual([])
    }
    const own = await openOwnSessionByLink(app, { address, lessonLink })
    // Some questions, and "prefer not to say" about safety, lift nothing either.
    await own.post(`${second}/start`, { ...finished, 'q.dark-thoughts': 'no' })
    await own.post(`${second}/start`, { ...finished, ...whole, 'q.frightened': 'prefer-not' })
    app.clock.advance(86_400_000)
    const third = await dayLink(address, 3)
    expect((await own.get(third)).text).toContain('<h1>A quiet page for today</h1>')

    await openOwnSessionByLink(app, { address, lessonLink }, own)
    const lifted = await own.post(`${third}/start`, { ...finished, ...whole })
    expect(lifted.text).toContain('The lessons still to come follow this.')
    expect((await own.get(third)).text).toContain('<h1>A quiet page for today</h1>')
    app.clock.advance(86_400_000)
    const fourth = await dayLink(address, 4)
    expect((await own.get(fourth)).text).not.toContain('<h1>A quiet page for today</h1>')
    // A day that was sent before keeps its form.
    expect((await own.get(third)).text).toContain('<h1>A quiet page for today</h1>')
  })

  test('nobody switches short emails off while something is held back, and only a fresh own session hears why', async () => {
    const address = 'stays-short@example.org'
    const { lessonLink, visitor } = await joinCourse(app, address)
    const settings = `${new URL(lessonLink).pathname}/settings`
    const off = { all: '1', own: '1', timeZone: 'Europe/Berlin', hour: '7', checkIns: 'on', track: '' }
    await visitor.post(`${new URL(lessonLink).pathname}/start`, { ...finished, 'q.own-harm': 'not-sure' })
    const refused = await visitor.post(settings, off)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('Short emails stay on')
    const stranger = await createVisitor(app.url).post(settings, off)
    expect(stranger.status).toBe(403)
    expect(stranger.text).not.toContain('stay on')
    expect(stranger.text).toContain('name="goal" value="settings"')

    await visitor.post(`${new URL(lessonLink).pathname}/start`, { ...finished, ...whole })
    expect((await visitor.post(settings, off)).status).toBe(400)
    app.clock.advance(86_400_000)
    await openOwnSessionByLink(app, { address, lessonLink }, visitor)
    expect((await visitor.post(settings, off)).status).toBe(303)
    expect((await visitor.get(settings)).text).not.toMatch(/name="shortEmails"[^>]* checked/)
  })

  test('signing up anew lifts nothing and switches nothing off', async () => {
    const address = 'again@example.org'
    const { lessonLink, stopLink, visitor } = await joinCourse(app, address)
    await visitor.post(`${new URL(lessonLink).pathname}/start`, { ...finished, 'q.dark-thoughts': 'passing' })
    await visitor.post(new URL(stopLink).pathname)
    app.clock.advance(30 * 86_400_000)
    await visitor.post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7' })
    const confirmation = (await app.mail.waitForMail(address, 3))[2]
    if (!confirmation) throw new Error('no confirmation')
    const confirmed = await visitor.post(linkOf(confirmation, '/confirm/'))
    expect(confirmed.status).toBe(200)
    app.clock.advance(86_400_000)
    const lesson = (await app.mail.waitForMail(address, 4))[3]
    if (!lesson) throw new Error('no lesson')
    expect(lesson.mail.text).toContain('There is a new page for you')
    expect((await visitor.get(linkOf(lesson, '/l/'))).text).toContain('<h1>A quiet page for today</h1>')
  })
})

describe('what is kept', () => {
  test('what is stored has one size for everyone, with and without an assessment', async () => {
    await joinCourse(app, 'none@example.org')
    const { text } = await finish({ 'own-harm': 'yes', closest: 'crossed' })
    await joinCourse(app, 'some@example.org', { start: ticketIn(text) })
    const sizes = new Set<number>()
    for (let id = 1; ; id += 1) {
      const enrolment = await app.app.ports.store.enrolments.byId(id)
      if (enrolment === null) break
      sizes.add((await app.app.ports.store.enrolments.startingPoint(id)).sealed?.length ?? 0)
    }
    expect(sizes.size).toBe(1)
  })
})
