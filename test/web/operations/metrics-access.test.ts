import { connect } from 'node:net'
import { afterAll, describe, expect, test } from '@jest/globals'
import { freePort } from '../../support/free-port.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../visitor.ts'

const TOKEN = 'a-long-random-word-of-24'
const apps: TestApp[] = []
async function start(env: Record<string, string> = {}): Promise<TestApp> {
  const app = await createTestApp({ env: { COURSE: 'three-days', ...env }, overrides: { lessonsDir: FIXTURE_COURSES } })
  apps.push(app)
  return app
}
afterAll(async () => {
  for (const app of apps) await app.close()
})

/** The status of GET /metrics, asked with exactly these lines. */
function ask(app: TestApp, lines: readonly string[], version = '1.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(Number(said.slice(9, 12))))
    socket.end([`GET /metrics HTTP/${version}`, ...lines, 'Connection: close', '', ''].join('\r\n'))
  })
}

describe('without a setting', () => {
  test('only this machine itself reads them', async () => {
    const app = await start()
    const host = `Host: ${new URL(app.url).host}`
    expect(await ask(app, [host])).toBe(200)
    expect(await ask(app, ['Host: localhost:3000'])).toBe(200)
    for (const line of [
      'X-Forwarded-For: 127.0.0.1',
      'x-forwarded-for:',
      'Forwarded: for=127.0.0.1',
      'X-Real-IP: 127.0.0.1',
      'X-Forwarded-Host: localhost',
      'X-Forwarded-Proto: https',
      'Via: 1.1 proxy',
      'X-Forwarded-Server: web',
      'X-Forwarded-Port: 443',
      'CF-Connecting-IP: 203.0.113.1',
      'True-Client-IP: 203.0.113.1',
      'X-Client-IP: 203.0.113.1',
      'X-Envoy-External-Address: 203.0.113.1',
    ])
      expect([line, await ask(app, [host, line])]).toEqual([line, 404])
    for (const name of ['course.example', 'localhost.evil.example', '127.0.0.1.evil.example', ''])
      expect([name, await ask(app, [`Host: ${name}`])]).toEqual([name, 404])
    expect(await ask(app, [host], '1.0')).toBe(404)
  })

  test('the refusal is that of an address that does not exist', async () => {
    const app = await start()
    const proxied = { 'X-Forwarded-For': '203.0.113.1' }
    const [metrics, nothing] = [
      await createVisitor(app.url).get('/metrics', proxied),
      await createVisitor(app.url).get('/nowhere', proxied),
    ]
    expect([metrics.status, metrics.text]).toEqual([nothing.status, nothing.text])
    expect([...metrics.headers.keys()]).toEqual([...nothing.headers.keys()])
  })
})

describe('with METRICS_TOKEN', () => {
  test('whoever has it reads them, from anywhere, and nobody else', async () => {
    const app = await start({ METRICS_TOKEN: TOKEN })
    const status = async (headers: Record<string, string>) =>
      (await createVisitor(app.url).get('/metrics', headers)).status
    expect(await status({ Authorization: `Bearer ${TOKEN}` })).toBe(200)
    expect(await status({ Authorization: `bearer ${TOKEN}`, 'X-Forwarded-For': '203.0.113.1' })).toBe(200)
    expect(await status({})).toBe(404)
    for (const wrong of [
      TOKEN,
      'Bearer',
      'Bearer ',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Basic ${TOKEN}`,
      `Bearer ${TOKEN} x`,
    ])
      expect([wrong, await status({ Authorization: wrong })]).toEqual([wrong, 404])
  })
})

describe('with METRICS_PORT', () => {
  test('they are there, and not on the port of the site', async () => {
    const port = await freePort()
    const app = await start({ METRICS_PORT: String(port) })
    expect((await createVisitor(app.url).get('/metrics')).status).toBe(404)
    const own = createVisitor(`http://127.0.0.1:${port}`)
    const answer = await own.get('/metrics')
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('bootcamp_deliveries')
    for (const path of ['/', '/readyz', '/metrics/', '/sign-up']) expect((await own.get(path)).status).toBe(404)
    expect((await own.send('/metrics', { method: 'POST' })).status).toBe(404)
  })

  test('and the token, where there is one, holds there too', async () => {
    const port = await freePort()
    await start({ METRICS_PORT: String(port), METRICS_TOKEN: TOKEN })
    const own = createVisitor(`http://127.0.0.1:${port}`)
    expect((await own.get('/metrics')).status).toBe(404)
    expect((await own.get('/metrics', { Authorization: `Bearer ${TOKEN}` })).status).toBe(200)
  })
})
