import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as forward, type IncomingHttpHeaders } from 'node:http'
import { createServer, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { makePrintedLink } from '../../../src/flow/desk/sign-in-link.ts'
import { fetchDesk } from '../../../src/local/fetch-desk.ts'
import { freePort } from '../../support/free-port.ts'
import { selfSigned } from '../../support/self-signed.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'

const DESK = 'https://desk.example.org'
const MANUAL = readFileSync(new URL('../../../docs/operating.md', import.meta.url), 'utf8')
const example = (language: string) => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(MANUAL)?.[1] ?? ''
/** What nginx is told to send, by name. */
const HEADERS = [...example('nginx').matchAll(/proxy_set_header (\S+) (\S+);/g)].map(([, name = '', value = '']) => [
  name,
  value === '$host' ? new URL(DESK).host : value === '$remote_addr' ? '203.0.113.9' : value,
])

let app: TestApp
let proxy: Server
let deskPort: number

/** A proxy with TLS that does what the manual's nginx does. */
beforeAll(async () => {
  deskPort = await freePort()
  app = await createTestApp({
    env: { COURSE: 'three-days', DESK_PORT: String(deskPort), DESK_URL: DESK },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const now = Date.now()
  const cert = selfSigned(keys, now - 86_400_000, now + 86_400_000, new URL(DESK).host)
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
  proxy = createServer({ cert, key }, (incoming, outgoing) => {
    const { method, url: path } = incoming
    const headers = {
      ...incoming.headers,
      ...Object.fromEntries(HEADERS.map(([name = '', value]) => [name.toLowerCase(), value])),
    }
    const onward = forward({ host: '127.0.0.1', port: deskPort, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => proxy?.close(resolve))
  await app?.close()
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** As a browser on DESK_URL asks. */
function ask(method: string, path: string, body = '', more: Record<string, string> = {}): Promise<Answer> {
  const { port } = proxy.address() as AddressInfo
  const headers = {
    origin: DESK,
    host: new URL(DESK).host,
    connection: 'close',
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
    ...more,
  }
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString()
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
    })
      .on('error', reject)
      .end(body)
  })
}

test('the examples of the manual lead to the port and the address that it sets', () => {
  const port = /^DESK_PORT=(\d+)\nDESK_URL=(\S+)$/m.exec(MANUAL)
  expect(port?.[2]).toBe(DESK)
  expect(example('caddy')).toContain(`${new URL(DESK).host} {\n    reverse_proxy 127.0.0.1:${port?.[1]}\n`)
  expect(example('nginx')).toContain(`server_name ${new URL(DESK).host};`)
  expect(example('nginx')).toContain(`proxy_pass http://127.0.0.1:${port?.[1]};`)
  expect(HEADERS.map(([name]) => name)).toEqual(['Host', 'X-Forwarded-For', 'X-Forwarded-Proto'])
})

test('links lead to DESK_URL, and the cookie is for https on that host alone', async () => {
  const link = await makePrintedLink(app.app.ports, null)
  expect(link).toMatch(/^https:\/\/desk\.example\.org\/desk\/open\//)
  const opened = await ask('POST', new URL(link).pathname, 'email=owner%40example.test')
  expect(opened.status).toBe(303)
  const [cookie = ''] = opened.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/^__Host-desk=.*; Path=\/; .*HttpOnly; Secure; SameSite=Strict$/)
  expect(opened.headers['strict-transport-security']).toBeDefined()
  const session = { cookie: cookie.split(';')[0] ?? '' }
  const account = await ask('GET', '/desk/account', '', session)
  expect(account.text).toContain('Add a passkey')

  const json = { ...session, 'content-type': 'application/json' }
  const offered = JSON.parse((await ask('POST', '/desk/account/passkeys/challenge', '{}', json)).text)
  expect(offered.rp.id).toBe('desk.example.org')

  await ask('POST', '/desk/sign-in/email', 'email=owner%40example.test')
  const [mail] = await app.mail.waitForMail('owner@example.test', 1)
  expect(mail?.mail.text).toContain('https://desk.example.org/desk/open/')
})

test('a page of another site changes nothing through the proxy', async () => {
  const from = (origin: string) => ask('POST', '/desk/sign-in/email', 'email=a%40example.test', { origin })
  expect((await from('https://course.example.org')).status).toBe(403)
  expect((await from('http://desk.example.org')).status).toBe(403)
  expect((await from(DESK)).status).toBe(200)
})

test('the doctor tells the desk from something else, and from nothing', async () => {
  expect(await fetchDesk(`http://127.0.0.1:${deskPort}/desk/sign-in`)).toEqual({ kind: 'desk' })
  expect(await fetchDesk(`${app.url}/desk/sign-in`)).toEqual({ kind: 'other', status: 404 })
  const { port } = proxy.address() as AddressInfo
  expect(await fetchDesk(`https://127.0.0.1:${port}/desk/sign-in`)).toMatchObject({
    kind: 'none',
    reason: expect.stringMatching(/^[A-Z_]+$/),
  })
})
