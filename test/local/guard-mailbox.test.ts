import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type EmbeddedMailbox, startEmbeddedMailbox } from '../../src/local/embedded-mailbox.ts'
import { isLocalRequest } from '../../src/local/guard-mailbox.ts'
import { createTempFolder } from '../support/temp-folder.ts'

let mailbox: EmbeddedMailbox
let folder: Awaited<ReturnType<typeof createTempFolder>>
let port = 0

beforeAll(async () => {
  folder = await createTempFolder()
  mailbox = await startEmbeddedMailbox({ dataDir: folder.path, smtpPort: 0, webPort: 0 })
  port = Number(new URL(mailbox.webUrl).port)
})
afterAll(async () => {
  await mailbox.stop()
  await folder.remove()
})

function ask(path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown> }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { Host: `localhost:${port}`, ...headers } })
    asked.on('response', (answer) => {
      answer.resume()
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const PATHS = ['/', '/api/email', '/api/config', '/api/healthz', '/socket.io/?EIO=4&transport=polling', '/nowhere']

describe('the built-in mailbox', () => {
  test.each(PATHS)('answers %s to its own pages alone', async (path) => {
    const own = await ask(path, { Origin: `http://localhost:${port}`, 'Sec-Fetch-Site': 'same-origin' })
    expect(own.status).not.toBe(403)
    expect(Object.keys(own.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    const plain = await ask(path, {})
    expect(Object.keys(plain.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    for (const headers of [
      { Origin: 'https://other.example' },
      { Origin: 'null' },
      { Origin: 'http://localhost:3000' },
      { Origin: `http://127.0.0.1:${port}` },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Host: 'rebound.other.example' },
      { Host: `rebound.other.example:${port}` },
      { Host: 'localhost' },
      { Host: `localhost.:${port}` },
    ] as Record<string, string>[])
      expect([headers, (await ask(path, headers)).status]).toEqual([headers, 403])
  })

  test('refuses what other sites may send without asking, and what they ask first', async () => {
    const foreign = { Origin: 'https://other.example' }
    expect((await ask('/api/email/all', foreign, 'DELETE')).status).toBe(403)
    const preflight = await ask('/api/email', { ...foreign, 'Access-Control-Request-Method': 'DELETE' }, 'OPTIONS')
    expect(preflight.status).toBe(403)
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined()
  })

  test.each<[string, string, RegExp]>([
    ['its own page', 'http://localhost', /^HTTP\/1.1 101/],
    ['another site', 'https://other.example', /^HTTP\/1.1 403/],
    ['another port', 'http://localhost:1', /^HTTP\/1.1 403/],
  ])('answers a websocket of %s so', async (_what, origin, answer) => {
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', reject)
      socket.once('data', (chunk) => {
        resolve(String(chunk))
        socket.destroy()
      })
      socket.write(
        [
          'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
          `Host: localhost:${port}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          `Origin: ${origin === 'http://localhost' ? `${origin}:${port}` : origin}`,
          '',
          '',
        ].join('\r\n'),
      )
    })
    expect(said).toMatch(answer)
  })
})

test('a link from another page leads a person to its first page, and to no other', () => {
  const visit = {
    host: 'localhost:1080',
    'sec-fetch-site': 'same-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  }
  expect(isLocalRequest({ method: 'GET', url: '/', headers: visit }, 1080)).toBe(true)
  expect(isLocalRequest({ method: 'GET', url: '/api/email', headers: visit }, 1080)).toBe(false)
  expect(isLocalRequest({ method: 'POST', url: '/', headers: visit }, 1080)).toBe(false)
  expect(isLocalRequest({ method: 'GET', url: '/', headers: { ...visit, 'sec-fetch-dest': 'iframe' } }, 1080)).toBe(
    false,
  )
  expect(isLocalRequest({ method: 'GET', url: '/', headers: {} }, 1080)).toBe(false)
  expect(isLocalRequest({ method: 'GET', url: '/', headers: { host: '[::1]' } }, 80)).toBe(true)
})
