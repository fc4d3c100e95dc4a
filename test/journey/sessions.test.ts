import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FRESH_SESSION, SESSION_IDLE, SESSION_MAX_AGE } from '../../src/core/security/session.ts'
import { sessionHash } from '../../src/core/security/session-hash.ts'
import { MAX_KEPT_TEXTS, MAX_WRITERS } from '../../src/flow/exercise/save-answers.ts'
import { TRIES_A_DAY } from '../../src/flow/security/check-reading-word.ts'
import { forgetSessions } from '../../src/flow/security/sessions.ts'
import { allRows, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { newestLink, openOwnSessionByLink } from '../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'

const MINUTE = 60_000
const DAY = 86_400_000
let parts: TestApp
let field: string

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-05-03T12:10:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  const [lesson] = parts.app.ports.courses.get('three-days')?.lessons ?? []
  field = lesson?.exercise.fields.find(({ type }) => type === 'text')?.id ?? ''
})

afterAll(() => parts?.close())

const write = (visitor: Visitor, { lessonLink }: Pick<SignedUpLearner, 'lessonLink'>, text: string, version = '0') =>
  visitor.post(lessonLink, { [`f.${field}`]: text, [`v.${field}`]: version, keep: '1' })

const draft = (visitor: Visitor, { lessonLink }: Pick<SignedUpLearner, 'lessonLink'>, body: unknown) =>
  visitor.postJson(`${lessonLink}/draft`, body)

const sessionRows = () => queryRows(parts.dataDir, 'select hash, kind from session order by opened_at, hash')
const cookieOf = (visitor: Visitor) => visitor.cookies.get('notes') ?? ''

function withCookie(value: string): Visitor {
  const visitor = createVisitor(parts.url)
  ;(visitor.cookies as Map<string, string>).set('notes', value)
  return visitor
}

describe('the two kinds', () => {
  test('confirming opens the first own session, once; what lies on the page is then read in every browser that is let in', async () => {
    const joined = await join(parts, 'kinds@example.test')
    expect(sessionRows()).toEqual([{ hash: sessionHash(cookieOf(joined.visitor)), kind: 'own' }])
    await joined.visitor.post(joined.lessonLink, { effort: 'not-today' })
    expect((await joined.visitor.get(joined.lessonLink)).text).toContain('is-done')
    const late = createVisitor(parts.url)
    const again = await late.post(
      new URL(/\/confirm\/[\w-]+/.exec(joined.confirmation.mail.text ?? '')?.[0] ?? '', parts.url).href,
    )
    expect(again.status).toBe(200)
    expect(late.cookies.size).toBe(0)
    // It leads to the days, with what any lesson link of this mailbox shows.
    expect(again.text).toContain('Your days')
    expect(again.text).toContain(new URL(joined.lessonLink).pathname)
  })

  test('a writer session reads what it wrote, and nothing else of the learner', async () => {
    const joined = await join(parts, 'writer@example.test')
    await write(joined.visitor, joined, 'from the own session')
    const writer = createVisitor(parts.url)
    await write(writer, joined, 'from the writer')
    const page = (await writer.get(joined.lessonLink)).text
    expect(page).toContain('from the writer')
    expect(page).not.toContain('from the own session')
    // It is none for what needs an own one.
    for (const [path, form] of [
      ['settings/word', { do: 'set', word: 'any word at all' }],
      ['settings', { all: '1', own: '1', timeZone: 'UTC', hour: '7' }],
    ] as const)
      expect({ path, status: (await writer.post(`${joined.lessonLink}/${path}`, form)).status }).toEqual({
        path,
        status: 403,
      })
    expect((await joined.visitor.get(joined.lessonLink)).text).toContain('from the writer')
  })

  test('a cookie that was planted gains nothing, neither by a link nor by confirming', async () => {
    const joined = await join(parts, 'planted@example.test')
    await write(joined.visitor, joined, 'CANARY of my own')
    const stranger = createVisitor(parts.url)
    await write(stranger, joined, 'planted here')
    const planted = cookieOf(stranger)
    const victim = withCookie(planted)
    await openOwnSessionByLink(parts, joined, victim)
    expect(cookieOf(victim)).not.toBe(planted)
    expect((await victim.get(joined.lessonLink)).text).toContain('CANARY of my own')
    for (const path of ['', '/print', '/notes.txt', '/settings'])
      expect((await withCookie(planted).get(`${joined.lessonLink}${path}`)).text).not.toContain('CANARY of my own')
    // Not even what it wrote itself: the session that came with the press is over.
    expect((await withCookie(planted).get(joined.lessonLink)).text).not.toContain('value="planted here"')

    const secret = 'A'.repeat(43)
    const newcomer = withCookie(secret)
    await newcomer.post('/sign-up', { email: 'newcomer@example.test', timeZone: 'UTC', hour: '7' })
    const [mail] = await parts.mail.waitForMail('newcomer@example.test')
    await newcomer.post(new URL(/\/confirm\/[\w-]+/.exec(mail?.mail.text ?? '')?.[0] ?? '', parts.url).href)
    expect(cookieOf(newcomer)).not.toBe(secret)
    expect(queryRows(parts.dataDir, 'select * from session where hash = ?', sessionHash(secret))).toEqual([])
  })

  test('an own session reads what the learner wrote in every course', async () => {
    const address = 'twice@example.test'
    const first = await join(parts, address)
    await write(first.visitor, first, 'from the first round')
    const { ports } = parts.app
    const learner = queryRows(parts.dataDir, 'select id from learner where address = ?', address)[0]?.id as number
    const [enrolment] = await ports.store.enrolments.ofLearner(learner)
    await ports.store.enrolments.move(enrolment?.id ?? 0, 'active', 'finished', parts.clock.now())
    const second = await join(parts, address)
    expect(second.lessonLink).not.toBe(first.lessonLink)
    const own = await openOwnSessionByLink(parts, second)
    expect((await own.get(first.lessonLink)).text).toContain('from the first round')
  })
})

describe('the end of a session', () => {
  test('comes by age however much it is used, and by idleness; cookie and privacy page say the same', async () => {
    const joined = await join(parts, 'ends@example.test')
    await write(joined.visitor, joined, 'words that must end')
    const shows = async () => (await joined.visitor.get(joined.lessonLink)).text.includes('words that must end')

    const opened = parts.clock.now()
    while (parts.clock.now() + 9 * DAY < opened + SESSION_MAX_AGE) {
      parts.clock.advance(9 * DAY)
      expect(await shows()).toBe(true)
    }
    parts.clock.set(opened + SESSION_MAX_AGE - 1)
    expect(await shows()).toBe(true)
    parts.clock.set(opened + SESSION_MAX_AGE)
    expect(await shows()).toBe(false)

    await openOwnSessionByLink(parts, joined, joined.visitor)
    expect(await shows()).toBe(true)
    parts.clock.advance(SESSION_IDLE - 1)
    expect(await shows()).toBe(true)
    parts.clock.advance(SESSION_IDLE)
    expect(await shows()).toBe(false)

    const asked = await openOwnSessionByLink(parts, joined)
    expect(cookieOf(asked)).not.toBe('')
    const fresh = await createVisitor(parts.url).post(joined.lessonLink, { [`f.${field}`]: 'new', keep: '1' })
    expect(fresh.headers.getSetCookie()[0]).toContain(`Max-Age=${SESSION_MAX_AGE / 1000};`)
    const privacy = (await createVisitor(parts.url).get('/privacy')).text
    expect(privacy).toContain(`It ends ${SESSION_MAX_AGE / DAY} days after that`)
    expect(privacy).toContain(`after ${SESSION_IDLE / DAY} days without use`)
  })

  test('one that is used is written down once an hour, and opening a page without one changes nothing', async () => {
    const joined = await join(parts, 'touched@example.test')
    const used = () =>
      queryRows(
        parts.dataDir,
        'select last_used_at from session where hash = ?',
        sessionHash(cookieOf(joined.visitor)),
      )[0]?.last_used_at
    const opened = used()
    parts.clock.advance(59 * MINUTE)
    await joined.visitor.get(joined.lessonLink)
    expect(used()).toBe(opened)
    parts.clock.advance(MINUTE)
    await joined.visitor.get(joined.lessonLink)
    expect(used()).toBe(parts.clock.now())
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const before = allRows(parts.dataDir)
    await createVisitor(parts.url).get(joined.lessonLink)
    expect(allRows(parts.dataDir)).toEqual(before)
  })

  test('what is over is deleted, what is not stays', async () => {
    const joined = await join(parts, 'deleted@example.test')
    const hash = sessionHash(cookieOf(joined.visitor))
    parts.clock.advance(SESSION_IDLE - 1)
    await forgetSessions(parts.app.ports)
    expect(sessionRows().map((row) => row.hash)).toContain(hash)
    parts.clock.advance(1)
    await forgetSessions(parts.app.ports)
    expect(sessionRows()).toEqual([])
  })

  test('comes with “Close my notes”, on the server too', async () => {
    const joined = await join(parts, 'closed@example.test')
    const secret = cookieOf(joined.visitor)
    await joined.visitor.post('/session/end')
    expect((await withCookie(secret).get(joined.lessonLink)).text).not.toContain(
      'This browser shows everything you wrote',
    )
  })
})

describe('what cannot be taken back', () => {
  test('needs a session opened within 15 minutes; the page offers a link that leads back', async () => {
    const joined = await join(parts, 'grave@example.test')
    const settings = `${joined.lessonLink}/settings`
    const word = { do: 'set', word: 'a word of mine' }
    parts.clock.advance(FRESH_SESSION - 1)
    expect((await joined.visitor.post(`${settings}/word`, { do: 'remove' })).status).toBe(303)
    parts.clock.advance(1)
    const refused = await joined.visitor.post(`${settings}/word`, word)
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('<input type="hidden" name="goal" value="word">')
    expect((await joined.visitor.postJson(settings, { track: '' })).status).toBe(403)

    await joined.visitor.post(`${joined.lessonLink}/read`, { goal: 'word' })
    const opened = await joined.visitor.post(await newestLink(parts, joined.address, '/read/'))
    expect(opened.text).toContain(`href="${new URL(settings).pathname}#reading-word"`)
    expect((await joined.visitor.post(`${settings}/word`, word)).status).toBe(303)
  })
})

describe('the reading word', () => {
  const WORD = 'Der Blaue  Vogel'
  let joined: SignedUpLearner

  beforeAll(async () => {
    joined = await join(parts, 'word@example.test')
    await write(joined.visitor, joined, 'guarded words')
    const elsewhere = await openOwnSessionByLink(parts, joined)
    expect((await joined.visitor.post(`${joined.lessonLink}/settings/word`, { do: 'set', word: WORD })).status).toBe(
      303,
    )
    // Whoever was let in before is out again.
    expect((await elsewhere.get(joined.lessonLink)).text).not.toContain('guarded words')
    expect((await joined.visitor.get(joined.lessonLink)).text).toContain('guarded words')
  })

  const ask = async (count: number) => {
    await createVisitor(parts.url).post(`${joined.lessonLink}/read`)
    return newestLink(parts, joined.address, '/read/', count)
  }

  test('is bounded, said to have no recovery, and stored as nothing that tells it', async () => {
    for (const word of ['', 'short', ' abc  ', 'x'.repeat(101)]) {
      const refused = await joined.visitor.post(`${joined.lessonLink}/settings/word`, { do: 'set', word })
      expect({ word, status: refused.status }).toEqual({ word, status: 400 })
    }
    const page = (await joined.visitor.get(`${joined.lessonLink}/settings`)).text
    expect(page).toContain('Nobody can recover it: without it what you wrote stays closed')
    const stored = queryRows(parts.dataDir, 'select reading_word from learner where address = ?', joined.address)
    expect(stored[0]?.reading_word).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(readFileSync(`${parts.dataDir}/bootcamp.db`).includes('Blaue')).toBe(false)
  })

  test('is asked for by every link, in any spelling of the same word, and a wrong one opens nothing', async () => {
    const link = await ask(2)
    const browser = createVisitor(parts.url)
    expect((await browser.get(link)).text).toContain('name="word"')
    for (const word of ['', 'der rote vogel', 'x'.repeat(5_000)]) {
      const wrong = await browser.post(link, { word })
      expect([400, 413]).toContain(wrong.status)
      expect(browser.cookies.size).toBe(0)
    }
    // Full-width letters, another case, other blanks.
    expect((await browser.post(link, { word: ' \uff44er blaue vogel ' })).status).toBe(200)
    expect((await browser.get(joined.lessonLink)).text).toContain('guarded words')
  })

  test('five wrong tries end the link, however many come at once, and the right word comes too late', async () => {
    const link = await ask(3)
    const tries = await Promise.all(
      Array.from({ length: 9 }, (_, index) => createVisitor(parts.url).post(link, { word: `a wrong word ${index}` })),
    )
    expect(tries.filter(({ status }) => status === 200)).toEqual([])
    expect(
      queryRows(
        parts.dataDir,
        'select max(tries) as n from emailed_link where used_at is null and learner_id = (select id from learner where address = ?)',
        joined.address,
      ),
    ).toEqual([{ n: 5 }])
    expect((await createVisitor(parts.url).post(link, { word: WORD })).status).toBe(410)
    expect((await createVisitor(parts.url).get(link)).status).toBe(410)
  })

  test('only so many words are tried on one day, whatever links there are', async () => {
    const wrong = (link: string) => createVisitor(parts.url).post(link, { word: 'still not the word' })
    const link = await ask(4)
    for (let tried = 0; tried < 5; tried += 1) expect([400, 410]).toContain((await wrong(link)).status)
    const last = await ask(5)
    const statuses = []
    for (let tried = 0; tried < 5; tried += 1) statuses.push((await wrong(last)).status)
    expect(statuses).toContain(429)
    expect((await createVisitor(parts.url).post(last, { word: WORD })).status).toBe(429)
  })

  test('nor are more tried with all links of a day at once', async () => {
    const other = await join(parts, 'many.links@example.test')
    expect(
      (await other.visitor.post(`${other.lessonLink}/settings/word`, { do: 'set', word: 'a word of mine' })).status,
    ).toBe(303)
    const links = []
    for (let count = 1; count <= 5; count += 1) {
      expect((await createVisitor(parts.url).post(`${new URL(other.lessonLink).pathname}/read`)).status).toBe(200)
      links.push(await newestLink(parts, other.address, '/read/', count))
    }
    const tries = links.flatMap((link) =>
      Array.from({ length: 5 }, (_, index) => createVisitor(parts.url).post(link, { word: `a wrong word ${index}` })),
    )
    const refused = (await Promise.all(tries)).filter(({ status }) => status === 429)
    expect(refused).toHaveLength(tries.length - TRIES_A_DAY)
    const counted = 'select sum(tries) as n from emailed_link join learner l on l.id = learner_id where address = ?'
    expect(queryRows(parts.dataDir, counted, other.address)).toEqual([{ n: TRIES_A_DAY }])
  })

  test('confirming once more opens nothing without it, and it can be removed with it', async () => {
    await joined.visitor.post(joined.stopLink)
    parts.clock.advance(30 * DAY)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const before = parts.mail.accepted.length
    const browser = createVisitor(parts.url)
    await browser.post('/sign-up', { email: joined.address, timeZone: 'UTC', hour: '7' })
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const confirmation = parts.mail.accepted
      .slice(before)
      .find(({ to, mail }) => to === joined.address && /\/confirm\//.test(mail.text ?? ''))
    await browser.post(new URL(/\/confirm\/[\w-]+/.exec(confirmation?.mail.text ?? '')?.[0] ?? '', parts.url).href)
    expect(browser.cookies.size).toBe(0)
    const own = await openOwnSessionByLink(parts, joined, browser, { word: WORD })
    expect((await own.post(`${joined.lessonLink}/settings/word`, { do: 'remove' })).status).toBe(303)
    const next = await openOwnSessionByLink(parts, joined)
    expect((await next.get(joined.lessonLink)).text).toContain('guarded words')
  })
})

describe('bounds', () => {
  test('empty and unknown drafts leave no row, no session and no cookie, however many come', async () => {
    const joined = await join(parts, 'empty@example.test')
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const before = allRows(parts.dataDir)
    for (const body of [
      {},
      { [`f.${field}`]: '' },
      { 'f.nonsense': 'x' },
      { [`v.${field}`]: '3' },
      { __proto__: { a: 1 } },
    ]) {
      const answer = await draft(createVisitor(parts.url), joined, body)
      expect({ body, status: answer.status }).toEqual({ body, status: 200 })
      expect(answer.headers.getSetCookie()).toEqual([])
    }
    expect(
      (
        await createVisitor(parts.url).post(joined.lessonLink, { [`f.${field}`]: '', keep: '1' })
      ).headers.getSetCookie(),
    ).toEqual([])
    expect(allRows(parts.dataDir)).toEqual(before)
  })

  test('a flood of anonymous drafts ends at a bound, and takes neither the learner’s words nor the way to write', async () => {
    const joined = await join(parts, 'flood@example.test')
    await write(joined.visitor, joined, 'written before the flood')
    const answers = []
    for (let sent = 0; sent < MAX_WRITERS + 10; sent += 1)
      answers.push((await draft(createVisitor(parts.url), joined, { [`f.${field}`]: `flood ${sent}` })).status)
    expect(answers.slice(-10)).toEqual(Array(10).fill(429))
    const enrolment = queryRows(parts.dataDir, 'select max(id) as id from enrolment')[0]?.id
    const rows = queryRows(parts.dataDir, 'select count(*) as n from answer where enrolment_id = ?', enrolment)[0]
      ?.n as number
    expect(rows).toBeLessThanOrEqual(MAX_WRITERS + 1)
    const open = queryRows(
      parts.dataDir,
      'select kind, count(*) as n from session where learner_id = (select max(id) from learner) group by kind order by kind',
    )
    expect(open).toEqual([
      { kind: 'own', n: 1 },
      { kind: 'writer', n: 20 },
    ])
    const page = (await joined.visitor.get(joined.lessonLink)).text
    expect(page).toContain('written before the flood')
    expect((await write(joined.visitor, joined, 'and after it', '99')).status).toBe(303)
    expect((await joined.visitor.get(joined.lessonLink)).text).toContain('value="and after it"')
  })

  test('the bound of a flood does not tell whether the learner wrote on that day', async () => {
    const silent = await join(parts, 'silent@example.test', { shortEmails: 'on' })
    const writing = await join(parts, 'writing@example.test', { shortEmails: 'on' })
    await write(writing.visitor, writing, 'in the own session of the confirmation')
    await write(await openOwnSessionByLink(parts, writing), writing, 'in another one')
    const seen = []
    for (const joined of [silent, writing]) {
      const statuses = []
      for (let sent = 0; sent < MAX_WRITERS + 3; sent += 1)
        statuses.push((await draft(createVisitor(parts.url), joined, { [`f.${field}`]: `flood ${sent}` })).status)
      seen.push(statuses)
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[0]?.filter((status) => status === 200)).toHaveLength(MAX_WRITERS)
  })

  test('of replaced texts the newest stay, and the newest text of all always does', async () => {
    const joined = await join(parts, 'replaced@example.test')
    for (let version = 0; version < MAX_KEPT_TEXTS + 10; version += 1)
      await draft(joined.visitor, joined, { [`f.${field}`]: `text ${version}`, [`v.${field}`]: '0' })
    const rows = queryRows(
      parts.dataDir,
      'select kept, count(*) as n from answer where enrolment_id = (select max(id) from enrolment) group by kept order by kept',
    )
    expect(rows).toEqual([
      { kept: 0, n: 1 },
      { kept: 1, n: MAX_KEPT_TEXTS },
    ])
    expect((await joined.visitor.get(joined.lessonLink)).text).toContain(`value="text ${MAX_KEPT_TEXTS + 9}"`)
  })
})

describe('answers from two browsers', () => {
  test('the session that may read both shows both, each with its date in the learner’s zone, on page, paper and file', async () => {
    parts.clock.set('2027-05-03T12:10:00Z')
    const joined = await join(parts, 'both@example.test')
    await write(joined.visitor, joined, 'on the laptop')
    const phone = createVisitor(parts.url)
    parts.clock.set('2027-05-04T06:05:00Z')
    await write(phone, joined, 'on the phone')
    const own = await openOwnSessionByLink(parts, joined)
    for (const path of ['', '/print', '/notes.txt']) {
      const { text } = await own.get(`${joined.lessonLink}${path}`)
      for (const words of [
        'on the laptop',
        'on the phone',
        'Written on another device on May 3, 2:10 PM',
        'Written on another device on May 4, 8:05 AM',
      ])
        expect({ path, words, has: text.includes(words) }).toEqual({ path, words, has: true })
    }

    // Saving afterwards loses neither, not even from a page that had seen only one.
    const page = (await own.get(joined.lessonLink)).text
    const version = new RegExp(`name="v\\.${field}" value="(\\d+)"`).exec(page)?.[1]
    await write(own, joined, 'both put together', version)
    parts.clock.advance(MINUTE)
    await write(phone, joined, 'the phone again', '1')
    await write(own, joined, 'and once more', '1')
    const { text } = await own.get(joined.lessonLink)
    for (const words of ['on the laptop', 'both put together', 'the phone again', 'and once more'])
      expect({ words, has: text.includes(words) }).toEqual({ words, has: true })
  })
})
