import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'

import express, { type Request, type Response } from 'express'
import { phrase } from '../../../src/core/words.ts'
import type { Site } from '../../../src/web/page/site.ts'
import { BoundedStore, limitClients } from '../../../src/web/security/rate-limits.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'

import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, enrol } from '../visitor.ts'

const apps: TestApp[] = []
async function start(env: Record<string, string>, worker = false): Promise<TestApp> {
  const app = await createTestApp({
    env: { COURSE: 'three-days', ...env },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker,
  })
  apps.push(app)
  return app
}
afterEach(() => {
  jest.restoreAllMocks()
})
afterAll(async () => {
  for (const app of apps) await app.close()
})

let number = 0
async function signUpFrom(app: TestApp, forwarded: string) {
  number += 1
  const headers = { 'X-Forwarded-For': forwarded, Accept: 'application/json' }
  return createVisitor(app.url).postJson('/sign-up', { email: `client-${number}@example.org` }, headers)
}

describe('sign-ups', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await start({ TRUST_PROXY: '1', SIGN_UP_LIMIT: '2' })
  })

  test('count a client as one, however a proxy writes its address', async () => {
    const spellings = [
      '203.0.113.9',
      '203.0.113.9:51234',
      '::ffff:203.0.113.9',
      '[::FFFF:203.0.113.9]:80',
      '1.1.1.1, 203.0.113.9',
    ]
    const statuses: number[] = []
    for (const spelling of spellings) statuses.push((await signUpFrom(app, spelling)).status)
    expect(statuses).toEqual([200, 200, 429, 429, 429])
    expect((await signUpFrom(app, '203.0.113.10')).status).toBe(200)
  })

  test('of 10,000 addresses of one IPv6 /48 take ten times the limit, and no more', async () => {
    let taken = 0
    for (let index = 0; index < 40; index += 1) {
      const { status } = await signUpFrom(app, `2001:db8:7:${(index * 256).toString(16)}::${index.toString(16)}`)
      if (status === 200) taken += 1
    }
    expect(taken).toBe(20)
    const store = new BoundedStore(2, 3_600_000)
    let counted = 0
    for (let index = 0; index < 10_000; index += 1)
      if (store.increment(`2001:db8:7:${(index % 256) * 256}::/56 2001:db8:7::/48`).totalHits <= 2) counted += 1
    expect(counted).toBe(20)
  })

  test('of one /56 take the limit', async () => {
    const statuses: number[] = []
    for (let index = 0; index < 4; index += 1) statuses.push((await signUpFrom(app, `2001:db8:9:10${index}::1`)).status)
    expect(statuses).toEqual([200, 200, 429, 429])
  })

  test('from names that are no address count as the proxy that passed them on', async () => {
    const statuses: number[] = []
    for (const name of ['unknown', 'a b', '<script>', '999.1.1.1', '_x', 'x'.repeat(3_000)])
      statuses.push((await signUpFrom(app, name)).status)
    expect(statuses).toEqual([200, 200, 429, 429, 429, 429])
  })

  test('count where nobody waits for the answer', async () => {
    let taken = 0
    const limit = limitClients({} as Site, {
      limit: 2,
      windowMs: 60_000,
      message: phrase('sign-up.too-many'),
      countAcceptedOnly: true,
    })
    const server = express()
      .post('/sign-up', limit, async (request: Request, response: Response) => {
        taken += 1
        const hungUp = once(response, 'close')
        request.socket.emit('arrived')
        await hungUp
        response.send('')
      })
      .listen(0, '127.0.0.1')
    server.on('connection', (socket) => socket.once('arrived', () => server.emit('arrived')))
    await once(server, 'listening')
    for (let index = 0; index < 6; index += 1) {
      const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
      const known = Promise.race([once(server, 'arrived'), once(client, 'data')])
      client.write('POST /sign-up HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nContent-Length: 0\r\n\r\n')
      await known
      client.resetAndDestroy()
      await sleep(20)
    }
    server.close()
    expect(taken).toBe(2)
  })

  test('say when to come again', async () => {
    const answer = await signUpFrom(app, '203.0.113.9')
    expect(answer.json()).toMatchObject({ ok: false, code: 'too-many' })
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
  })
})

describe('what one client or one link may ask for', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await start({}, true)
  })

  test('an hour of typing without a pause is never held up, a flood of drafts is', async () => {
    const { lesson } = await enrol(app, 'typing@example.org')
    const visitor = createVisitor(app.url)
    let now = Date.now()
    jest.spyOn(Date, 'now').mockImplementation(() => now)
    for (let save = 0; save < 200; save += 1) {
      // Twenty minutes' worth a second apart, in two tabs at once.
      now += 450
      const answer = await visitor.postJson(`${lesson}/draft`, { 'f.first': `text ${save}`, 'v.first': String(save) })
      expect([save, answer.status]).toEqual([save, 200])
    }
    let answer = await visitor.postJson(`${lesson}/draft`, {})
    for (let save = 0; save < 300 && answer.status === 200; save += 1)
      answer = await visitor.postJson(`${lesson}/draft`, {})
    expect(answer.status).toBe(429)
    expect(answer.json().message).toContain('What you wrote is still on this page')
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    now += 60_000
    expect((await visitor.postJson(`${lesson}/draft`, {})).status).toBe(200)
  }, 60_000)

  test('what the learner writes in an own session shows neither in what is left for the link, nor in where it ends', async () => {
    const address = 'unseen@example.org'
    const { lesson } = await enrol(app, address)
    const own = await openOwnSessionByLink(app, { address, lessonLink: new URL(lesson, app.url).href })
    let now = Date.now() + 120_000
    jest.spyOn(Date, 'now').mockImplementation(() => now)
    const [stranger, statuses] = [createVisitor(app.url), [] as number[]]
    for (let save = 0; save < 100; save += 1)
      statuses.push((await own.postJson(`${lesson}/draft`, { 'f.first': `text ${save}` })).status)
    for (let save = 0; save < 240; save += 1) {
      const answer = await stranger.postJson(`${lesson}/draft`, {})
      expect([...answer.headers.keys()].filter((name) => /ratelimit/i.test(name))).toEqual([])
      statuses.push(answer.status)
    }
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect((await stranger.postJson(`${lesson}/draft`, {})).status).toBe(429)
    expect((await own.postJson(`${lesson}/draft`, { 'f.first': 'still' })).status).toBe(200)
    now += 60_000
  }, 60_000)

  test('links are asked for a few times an hour', async () => {
    const { lesson } = await enrol(app, 'asking@example.org')
    const visitor = createVisitor(app.url)
    const statuses: number[] = []
    for (let ask = 0; ask < 22; ask += 1) {
      const answer = await visitor.post(`${lesson}/read`)
      statuses.push(answer.status)
      if (ask === 21) expect(answer.text).toContain('Look in your inbox, or try again later')
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(5)
    expect(statuses.at(-1)).toBe(429)
  })

  test('whoever leaves is let go at the limit, too', async () => {
    const visitor = createVisitor(app.url)
    let ended = 200
    for (let press = 0; press < 310 && ended === 200; press += 1) ended = (await visitor.post('/session/end')).status
    expect(ended).toBe(429)
    for (let press = 0; press < 310; press += 1) expect((await visitor.post('/session/leave')).status).toBe(303)
  }, 60_000)
})

describe('what is counted', () => {
  test('takes bounded memory, whoever comes', () => {
    const store = new BoundedStore(5, 60_000, 1_000)
    for (let index = 0; index < 50_000; index += 1) store.increment(`client ${index}`)
    expect(store.size).toBeLessThanOrEqual(1_000)
  })

  test('ends with its window, and a failed request is taken back', () => {
    let now = 1_000_000
    jest.spyOn(Date, 'now').mockImplementation(() => now)
    const store = new BoundedStore(5, 60_000)
    expect(store.increment('a').totalHits).toBe(1)
    expect(store.increment('a').totalHits).toBe(2)
    store.decrement('a')
    expect(store.increment('a').totalHits).toBe(2)
    now += 60_000
    expect(store.increment('a').totalHits).toBe(1)
    for (let index = 0; index < 100; index += 1) store.increment(String(index))
    now += 60_001
    for (let index = 0; index < 100; index += 1) store.increment('new one')
    expect(store.size).toBeLessThan(101)
  })
})

describe('TRUST_PROXY is compared with what comes', () => {
  async function ready(app: TestApp) {
    const { checks } = (await createVisitor(app.url).get('/readyz')).json<{ checks: Record<string, unknown> }>()
    return checks.proxy
  }

  test.each<[string, string, string | undefined, RegExp | null]>([
    ['set, and a client connects directly', '1', undefined, /TRUST_PROXY=1/],
    ['set too high', '3', '203.0.113.1, 10.0.0.1', /TRUST_PROXY=3/],
    ['left out behind a proxy', '0', '203.0.113.1', /TRUST_PROXY is 0/],
    ['as it is', '1', '203.0.113.1', null],
    ['as it is, behind two', '2', '203.0.113.1, 10.0.0.1', null],
    ['as it is, with none', '0', undefined, null],
  ])('%s', async (_what, trusted, forwarded, sentence) => {
    const app = await start({ TRUST_PROXY: trusted })
    const said: string[] = []
    jest.spyOn(app.app.log, 'warn').mockImplementation((...facts: unknown[]) => void said.push(String(facts[1])))
    const visitor = createVisitor(app.url)
    await visitor.get('/healthz')
    expect(await ready(app)).toBeUndefined()
    for (let time = 0; time < 3; time += 1)
      await visitor.get('/privacy', forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded })
    const warnings = said.filter((one) => one.includes('TRUST_PROXY'))
    if (sentence === null) {
      expect(warnings).toEqual([])
      expect(await ready(app)).toBeUndefined()
    } else {
      expect(warnings).toEqual([expect.stringMatching(sentence)])
      expect(await ready(app)).toEqual({ ok: true, warning: true, say: expect.stringMatching(sentence) })
    }
  })
})
