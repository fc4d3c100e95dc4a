import { request as askSite, createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { waitUntilIdle } from '../support/database/database-rows.ts'
import { headerOf, linksOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { newestLink } from '../support/open-own-session.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'
import { complaints, openChromium, playExitSite, visit } from '../web/chromium.ts'

const DAY = 86_400_000
const BASE = '/kurs/eins'
const LEARNER = 'mara@example.test'
let parts: TestApp
let origin: string
let browser: Browser

beforeAll(async () => {
  parts = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true, path: BASE })
  origin = new URL(parts.url).origin
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  await parts?.close()
})

/** Everything a page leads to or loads on its own site, as paths. */
function pathsIn(text: string): string[] {
  const values = [...text.matchAll(/\s(?:[a-z-]*(?:href|src|action)|data-[a-z-]+|poster|srcset|content)="([^"]*)"/g)]
  return values
    .map(([, value = '']) => value.replaceAll('&#38;', '&').replaceAll('&amp;', '&'))
    .map((value) => (value.startsWith(origin) ? value.slice(origin.length) : value))
    .filter((value) => value.startsWith('/'))
}

const outside = (paths: readonly string[]) => paths.filter((path) => path !== BASE && !path.startsWith(`${BASE}/`))

/** The one link of this kind in a mail. */
function link(message: Accepted | undefined, kind: string): string {
  const found = (message ? linksOf(message) : []).find((one) => one.startsWith(`${parts.url}${kind}`))
  if (found === undefined) throw new Error(`The mail has no link ${kind}.`)
  return found
}

/** A visitor all of whose pages, redirects and cookies stay below the path. */
function careful(visitor: Visitor): Visitor {
  const look = async (asking: ReturnType<Visitor['get']>) => {
    const answer = await asking
    const location = answer.headers.get('location')
    const cookies = answer.headers.getSetCookie()
    expect(outside(pathsIn(answer.text))).toEqual([])
    if (location?.startsWith('/')) expect(outside([location])).toEqual([])
    for (const cookie of cookies) expect(cookie).toContain(`Path=${BASE};`)
    return answer
  }
  return {
    ...visitor,
    get: (url) => look(visitor.get(url)),
    post: (url, form) => look(visitor.post(url, form)),
    postJson: (url, body) => look(visitor.postJson(url, body)),
  }
}

/** Follows these links, and those of every page behind them; each must lead somewhere. Returns the shapes of their paths. */
async function follow(visitor: Visitor, links: readonly string[]): Promise<Set<string>> {
  const seen = new Set<string>()
  const waiting = [...links]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = next.replace(origin, '').replace(/#.*/, '')
    // The days of a course have the same pages but for their tokens.
    const shape = path.replace(/[\w-]{20,}/g, '*')
    if (seen.has(shape)) continue
    seen.add(shape)
    const answer = await visitor.get(path)
    expect({ path, found: answer.status !== 404 && answer.status < 500 }).toEqual({ path, found: true })
    waiting.push(...[...answer.text.matchAll(/<a [^>]*href="(\/[^"]*)"/g)].map((match) => match[1] ?? ''))
  }
  return seen
}

describe('a site below a path of its host', () => {
  let lesson = ''
  const visitor = () => careful(createVisitor(parts.url))

  test('leads from sign-up to the first lesson', async () => {
    const me = visitor()
    const home = await me.get(`${BASE}/`)
    expect(home.status).toBe(200)
    expect(home.headers.get('x-robots-tag')).toBeNull()
    expect((await me.get(`${BASE}/privacy`)).headers.get('x-robots-tag')).toBeNull()
    expect((await me.get(BASE)).status).toBe(200)
    expect((await me.get(`${BASE}?from=a`)).status).toBe(200)
    const action = /<form[^>]*action="([^"]*sign-up)"/.exec(home.text)?.[1] ?? ''
    expect(action).toBe(`${BASE}/sign-up`)
    expect((await me.get(action)).headers.get('location')).toBe(`${BASE}/`)
    const signedUp = await me.post(action, { email: LEARNER, timeZone: 'Europe/Berlin', hour: '7' })
    expect(signedUp.status).toBe(200)
    const [confirmation] = await parts.mail.waitForMail(LEARNER)
    const confirm = link(confirmation, '/confirm/')
    const shown = await me.get(confirm)
    expect(shown.headers.get('x-robots-tag')).toContain('noindex')
    expect((await me.post(confirm)).status).toBe(200)
    const [, first] = await parts.mail.waitForMail(LEARNER, 2)
    lesson = link(first, '/l/')
  })

  test('saves, keeps a draft, changes settings, and offers the words to print', async () => {
    const me = visitor()
    expect((await me.get(lesson)).headers.get('x-robots-tag')).toContain('noindex')
    const fields = parts.app.ports.courses.get('steady-week')?.lessons[0]?.exercise.fields
    const field = fields?.find(({ type }) => type === 'text' || type === 'long')?.id
    const saved = await me.post(lesson, { effort: 'not-today', [`f.${field}`]: 'a word' })
    expect(saved.status).toBe(303)
    expect((await me.get(saved.headers.get('location') ?? '')).status).toBe(200)
    expect((await me.postJson(`${lesson}/draft`, { answers: {} })).status).toBe(200)
    expect(me.cookies.size).toBe(1)
    expect((await me.get(`${lesson}/settings`)).status).toBe(200)
    const changed = await me.post(`${lesson}/settings`, { hour: '8', timeZone: 'Europe/Berlin' })
    expect(changed.headers.get('location')).toMatch(new RegExp(`^${BASE}/l/.*/settings\\?saved=1$`))
    for (const part of ['sheet', 'print', 'start']) expect((await me.get(`${lesson}/${part}`)).status).toBe(200)
  })

  test('asks the starting point, and has its library, pages and errors below the path', async () => {
    const me = visitor()
    const start = `${BASE}/courses/steady-week/start`
    expect((await me.get(start)).status).toBe(200)
    expect((await me.post(start, { mode: 'one', go: 'begin' })).status).toBe(200)
    expect((await me.post(start, { mode: 'all', go: 'finish', seen: '1' })).text).toContain('Your starting point')
    expect((await me.get(`${BASE}/nowhere`)).status).toBe(404)
    expect((await me.get(`${BASE}y/privacy`)).status).toBe(404)
    const left = await me.post(`${BASE}/session/leave`)
    expect(left.headers.get('location')).toMatch(/^https:/)
    expect((await me.post(`${BASE}/hooks/postmark`)).status).not.toBe(500)
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await me.get(`${BASE}${path}`)).status).toBe(200)
  })

  test('with short emails: the neutral page, settings, the reading word, the link that opens, and the one that deletes', async () => {
    const address = 'vera@example.test'
    const me = visitor()
    await me.post(`${BASE}/sign-up`, { email: address, timeZone: 'UTC', hour: '7', shortEmails: 'on' })
    const [confirmation] = await parts.mail.waitForMail(address)
    expect((await me.post(link(confirmation, '/confirm/'))).status).toBe(200)
    const [, short] = await parts.mail.waitForMail(address, 2)
    const [day, stop] = [link(short, '/l/'), link(short, '/stop/')]
    expect((await me.get(day)).text).toContain('id="answers"')
    const word = await me.post(`${day}/settings/word`, { do: 'set', word: 'three green pears' })
    expect(word.headers.get('location')).toMatch(new RegExp(`^${BASE}/l/.*/settings\\?saved=1#reading-word$`))

    const stranger = visitor()
    const neutral = await stranger.get(day)
    expect(neutral.text).toContain('<h1>Your pages</h1>')
    const saved = await stranger.post(day, { effort: 'not-today' })
    expect((await stranger.get(saved.headers.get('location') ?? '')).text).toContain('is kept')
    expect((await stranger.post(`${day}/settings`, { hour: '8', timeZone: 'UTC' })).status).toBe(303)
    expect((await stranger.post(`${day}/settings/word`, { do: 'remove' })).text).toContain('One more step first')
    expect((await follow(stranger, [day, `${day}/settings`, `${stop}/delete`])).size).toBeGreaterThan(5)

    const ask = /<form[^>]*action="([^"]*\/read)"/.exec(neutral.text)?.[1] ?? ''
    expect((await stranger.post(ask, { goal: 'word' })).status).toBe(200)
    const reading = await newestLink(parts, address, '/read/')
    expect((await stranger.get(reading)).text).toContain('Your reading word')
    expect((await stranger.post(reading, { word: 'two' })).status).toBe(400)
    const opened = await stranger.post(reading, { word: 'three green pears' })
    expect(opened.text).toContain('Your pages are open here')
    expect((await follow(stranger, [day, `${day}/settings`, `${day}/start`])).size).toBeGreaterThan(10)

    expect((await visitor().post(`${stop}/delete`)).text).toContain('We sent you an email')
    const erase = await newestLink(parts, address, '/delete/')
    expect((await stranger.get(erase)).text).toContain(`action="${erase.replace(origin, '')}"`)
    const erased = await stranger.post(erase)
    expect(erased.text).toContain('It is deleted')
    expect(stranger.cookies.size).toBe(0)
    expect((await me.get(day)).status).toBe(410)
  })

  test('every link of every mail, and of every page behind them, stays below the path and leads somewhere', async () => {
    for (let mails = 3; mails <= 10; mails += 1) {
      parts.clock.advance(mails === 10 ? 7 * DAY : DAY)
      await parts.mail.waitForMail(LEARNER, mails)
      await waitUntilIdle(parts.dataDir, parts.clock.now())
    }
    const links = parts.mail.accepted.flatMap(linksOf).filter((one) => !one.startsWith('http://www.w3.org/'))
    for (const one of links) expect(one.startsWith(`${parts.url}/`)).toBe(true)
    // The links of an address that is deleted lead nowhere any more.
    const mine = parts.mail.accepted.filter(({ to }) => to === LEARNER).flatMap(linksOf)
    const seen = await follow(
      visitor(),
      links.filter((one) => mine.includes(one)),
    )
    expect(seen.size).toBeGreaterThan(30)
    expect([...seen].some((path) => path.includes('/library/'))).toBe(true)
  }, 120_000)

  test('in a browser everything loads and is kept: styles, scripts, drafts, leaving', async () => {
    const context = await visit(browser)
    const page = await context.newPage()
    const faults = complaints(page)
    const asked = watch(page)
    await page.goto(lesson)
    const field = page.locator('textarea:visible, input[type=text]:visible').first()
    await field.fill('a few words')
    await page.locator('[data-status][data-state=saved]').waitFor()
    expect(asked.some((path) => path.endsWith('/draft'))).toBe(true)
    expect(await page.evaluate('document.styleSheets.length')).toBeGreaterThan(0)
    await playExitSite(context)
    await page.locator('button.leave').click()
    await page.waitForURL(/^https:/)
    expect(asked.some((path) => path.endsWith('/session/end'))).toBe(true)
    expect(outside(asked)).toEqual([])
    expect(faults).toEqual([])
    await context.close()
  })

  test('one click in the mail program stops it', async () => {
    const message = parts.mail.accepted.findLast(({ to }) => to === LEARNER) as Accepted
    const oneClick = /<([^>]+)>/.exec(headerOf(message, 'List-Unsubscribe') ?? '')?.[1] ?? ''
    expect(oneClick.startsWith(`${parts.url}/stop/`)).toBe(true)
    const stopped = await careful(createVisitor(parts.url)).post(oneClick, { 'List-Unsubscribe': 'One-Click' })
    expect(stopped.status).toBe(200)
    expect(stopped.headers.get('location')).toBeNull()
  })
})

describe('behind a proxy that takes the path off', () => {
  let proxy: Server
  beforeAll(async () => {
    proxy = createServer((request, response) => {
      const { port } = new URL(parts.url)
      const path = (request.url ?? '').slice(BASE.length) || '/'
      const { method, headers } = request
      const onward = askSite({ port, path, headers, ...(method !== undefined && { method }) }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      request.pipe(onward)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', () => resolve()))
  })
  afterAll(() => new Promise((resolve) => proxy.close(resolve)))

  test('pages, styles, redirects and sign-up work the same', async () => {
    const site = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const me = careful(createVisitor(site))
    const home = await me.get(`${BASE}/`)
    for (const path of pathsIn(home.text).filter((one) => one.includes('/assets/')))
      expect((await me.get(path)).status).toBe(200)
    expect((await me.get(`${BASE}/courses/steady-week`)).status).toBe(200)
    expect((await me.get(`${BASE}/sign-up`)).headers.get('location')).toBe(`${BASE}/`)
    const answer = await me.post(`${BASE}/sign-up`, {
      email: 'nora@example.test',
      timeZone: 'Europe/Berlin',
      hour: '7',
    })
    expect(answer.status).toBe(200)
    const [confirmation] = await parts.mail.waitForMail('nora@example.test')
    const confirm = link(confirmation, '/confirm/').replace(origin, site)
    expect((await me.post(confirm)).status).toBe(200)
  })
})

/** Paths on this site that the page asked for. */
function watch(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(origin)) asked.push(request.url().slice(origin.length))
  })
  return asked
}
