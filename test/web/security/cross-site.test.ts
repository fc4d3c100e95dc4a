import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrol } from '../visitor.ts'

let app: TestApp
let own = ''
let host = ''

beforeAll(async () => {
  app = await createTestApp({
    env: { COURSE: 'three-days', SIGN_UP_ORIGINS: 'https://www.partner.example, http://localhost:8080' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  own = app.url
  host = new URL(own).host
})
afterAll(() => app?.close())

/** As bytes on the wire: fetch would set or hide headers. */
function post(
  path: string,
  headers: Record<string, string | string[]>,
  body = '',
): Promise<{ status: number; cookies: string[] }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, own), {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html', Host: host, ...headers },
    })
    asked.on('response', (answer) => {
      answer.resume()
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, cookies: answer.headers['set-cookie'] ?? [] }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const leave = (headers: Record<string, string | string[]>) => post('/session/end', headers)
const port = () => new URL(own).port

describe('a POST is refused when it comes', () => {
  test.each<[string, Record<string, string>]>([
    ['from another site', { Origin: 'https://other.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['from a sibling domain', { Origin: 'https://shop.course.example', 'Sec-Fetch-Site': 'same-site' }],
    ['from another site, by an old browser', { Origin: 'https://other.example' }],
    ['with the site’s origin and another word of the browser', { Origin: 'OWN', 'Sec-Fetch-Site': 'cross-site' }],
    ['with two words of the browser', { 'Sec-Fetch-Site': 'same-origin, cross-site' }],
    ['with an opaque origin', { Origin: 'null' }],
    ['with an opaque origin, from a sandbox', { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }],
    ['with an empty origin', { Origin: '' }],
    ['from another port', { Origin: 'http://127.0.0.1:1' }],
    ['from a name that only looks alike', { Origin: 'OWN.other.example' }],
    ['from a user of this name', { Origin: 'http://HOST@other.example' }],
    ['with a path', { Origin: 'OWN/' }],
    ['with another scheme', { Origin: 'ftp://HOST' }],
    ['with a list', { Origin: 'OWN https://other.example' }],
    ['with nonsense', { Origin: '\\/\\/' }],
    ['with the referrer of another site', { Referer: 'https://other.example/OWN' }],
    ['from an origin that may only sign up', { Origin: 'https://www.partner.example' }],
  ])('%s', async (_what, headers) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('OWN', own).replace('HOST', host)]),
    )
    expect(await leave(filled)).toEqual({ status: 403, cookies: [] })
  })

  test('to any address, also one that does not exist, and in any spelling of it', async () => {
    const { lesson, stop } = await enrol(app, 'everywhere@example.org')
    const foreign = { Origin: 'https://other.example', 'Sec-Fetch-Site': 'cross-site' }
    const paths = ['', '/draft', '/settings', '/settings/word', '/share', '/read', '/again', '/start'].map(
      (end) => lesson + end,
    )
    for (const path of [
      ...paths,
      `${stop}/delete`,
      `${stop}/restart`,
      '/confirm/x',
      '/read/x',
      '/delete/x',
      '/sign-up',
      '/SIGN-UP',
      '/sign-up/',
      '/session/leave',
      '/courses/three-days/start',
      '/n/x',
      '/nowhere',
    ])
      expect([path, (await post(path, foreign)).status]).toEqual([path, 403])
    expect(
      (await fetch(`${own}/session/end`, { method: 'PUT', headers: { 'Sec-Fetch-Site': 'cross-site' } })).status,
    ).toBe(403)
  })
})

describe('a POST is taken when it comes', () => {
  test.each<[string, Record<string, string>]>([
    ['from a page here', { Origin: 'OWN', 'Sec-Fetch-Site': 'same-origin' }],
    ['from a page here, by an old browser', { Origin: 'OWN' }],
    ['from a page here that tells no referrer', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }],
    ['from a page here, with its referrer alone', { Referer: 'OWN/l/x' }],
    ['once more, after the browser was restored', { 'Sec-Fetch-Site': 'none' }],
    ['from no page at all', {}],
    ['to another name of this machine', { Origin: 'http://localhost:PORT', Host: 'localhost:PORT' }],
    ['in upper case, with a last dot', { Origin: 'HTTP://LOCALHOST.:PORT', Host: 'localhost:PORT' }],
  ])('%s', async (_what, headers) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('OWN', own).replace('PORT', port())]),
    )
    expect((await leave(filled)).status).toBe(200)
  })

  test('as a sign-up from an allowed origin, or from a server', async () => {
    const embedded = { Origin: 'https://www.partner.example', 'Sec-Fetch-Site': 'cross-site' }
    expect((await post('/sign-up', embedded, 'email=embedded@example.org&timeZone=UTC')).status).toBe(200)
    expect(
      (await post('/sign-up', { Origin: 'http://localhost:8080' }, 'email=embedded2@example.org&timeZone=UTC')).status,
    ).toBe(200)
    for (const Origin of [
      'https://partner.example',
      'http://www.partner.example',
      'https://www.partner.example.evil.example',
    ])
      expect((await post('/sign-up', { Origin }, 'email=embedded@example.org')).status).toBe(403)
    const json = { 'Content-Type': 'application/json', Accept: 'application/json' }
    expect((await post('/sign-up', json, '{"email":"server@example.org"}')).status).toBe(200)
  })

  test('as one click of a mail program, and as a report of a relay', async () => {
    const { stop } = await enrol(app, 'one-click@example.org')
    const foreign = { Origin: 'https://mail.example', 'Sec-Fetch-Site': 'cross-site' }
    expect((await post(stop, foreign, 'List-Unsubscribe=One-Click')).status).toBe(200)
    expect((await post('/hooks/mailgun', foreign, '{}')).status).toBe(404)
  })
})

test('a page without encryption does not speak for a site that has it', async () => {
  const { isOwn } = await import('../../../src/web/security/cross-site.ts')
  const site = new URL('https://course.example')
  const headers = { host: 'course.example' }
  expect(isOwn({ ...headers, origin: 'http://course.example' }, site)).toBe(false)
  expect(isOwn({ ...headers, origin: 'https://course.example:443' }, site)).toBe(true)
  expect(isOwn({ host: 'internal:3000', origin: 'https://Course.example.' }, site)).toBe(true)
  expect(isOwn({ host: 'a/b@c', origin: 'https://other.example' }, site)).toBe(false)
})

test('sign-ups that are not what a form or a client sends are refused and break nothing', async () => {
  const json = { 'Content-Type': 'application/json', Accept: 'application/json' }
  for (const body of [
    '[]',
    '"x"',
    'null',
    '{"__proto__":{"email":"a@b.example"}}',
    '{"email":{"toString":1}}',
    '{"course":{"a":1}}',
    '{"course":["x"],"email":"a@b.example"}',
    '{"start":[],"website":[]}',
    '{"email":"a@b.example","name":{"length":3}}',
    '{"email":"a@b.example","overlays":[[]]}',
    '{',
  ])
    expect([body, (await post('/sign-up', json, body)).status]).toEqual([body, expect.any(Number)])
  for (const body of ['[]', '{"__proto__":{"email":"a@b.example"}}', '{'])
    expect([body, (await post('/sign-up', json, body)).status]).toEqual([body, 400])
  const large = await post('/sign-up', { Cookie: `notes=${'x'.repeat(100_000)}` }, 'email=a@b.example').catch(() => ({
    status: 431,
  }))
  expect(large.status).toBe(431)
  expect((await fetch(`${own}/healthz`)).status).toBe(200)
})

test('a false Host never reaches a link', async () => {
  const json = {
    'Content-Type': 'application/json',
    Accept: 'application/json',
    Host: 'evil.example',
    'X-Forwarded-Host': 'evil.example',
  }
  expect((await post('/sign-up', json, '{"email":"host@example.org"}')).status).toBe(200)
  const [mail] = await app.mail.waitForMail('host@example.org', 1)
  expect(mail?.raw.toString('latin1')).not.toContain('evil.example')
})
