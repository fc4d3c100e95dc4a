import { createConnection, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connectionLimits } from '../../../src/web/security/guard-connections.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'

const TIMEOUT_MS = 3_000
let app: TestApp
const sockets: Socket[] = []

beforeAll(async () => {
  app = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: {
      lessonsDir: FIXTURE_COURSES,
      connectionLimits: {
        headersMs: 200,
        requestMs: 400,
        idleMs: 200,
        socketTimeoutMs: 1_000,
        checkIntervalMs: 50,
        connectionsPerClient: 20,
      },
    },
  })
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await app.close()
})

function open(): Socket {
  const socket = createConnection(Number(new URL(app.url).port), '127.0.0.1')
  socket.on('error', () => {})
  sockets.push(socket)
  return socket
}

/** What was said until the server closed; fails when it does not. */
function untilCut(socket: Socket, everyMs = 0, bytes = ''): Promise<string> {
  let said = ''
  const trickle = everyMs === 0 ? undefined : setInterval(() => socket.writable && socket.write(bytes), everyMs)
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`not cut after ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
    socket.on('data', (chunk) => {
      said += chunk
    })
    socket.once('close', () => {
      clearTimeout(patience)
      clearInterval(trickle)
      resolve(said)
    })
  })
}

describe('a client is cut', () => {
  test('that connects and says nothing', async () => {
    await untilCut(open())
  })

  test('whose headers trickle', async () => {
    const socket = open()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    expect(await untilCut(socket, 20, 'a')).toMatch(/^HTTP\/1.1 408|^$/)
  })

  test.each(['/sign-up', '/stop/x', '/hooks/mailgun', '/session/end'])('whose body trickles into %s', async (path) => {
    const socket = open()
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n`,
    )
    await untilCut(socket, 20, 'a')
  })

  test('that is idle after an answer', async () => {
    const socket = open()
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await untilCut(socket)).toContain('{"ok":true}')
  })

  test('that opens too many connections, and there is room again when they go', async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const held = Array.from({ length: 30 }, open)
    const cut = await Promise.race([Promise.all(held.slice(20).map((socket) => untilCut(socket))), later(150)])
    expect(cut).toHaveLength(10)
    for (const socket of held) socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
  })
})

test('while slow clients hold on, others are served', async () => {
  const slow = Array.from({ length: 15 }, open)
  for (const socket of slow) socket.write('POST /sign-up HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\na')
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
  await Promise.all(slow.map((socket) => untilCut(socket)))
})

test('behind proxies connections are theirs: they wait longer, and are not counted by address', () => {
  expect(connectionLimits(1).idleMs).toBeGreaterThan(60_000)
  expect(connectionLimits(1).connectionsPerClient).toBe(connectionLimits(1).connections)
  expect(connectionLimits(0).connectionsPerClient).toBeLessThan(connectionLimits(0).connections / 10)
})

function later(ms: number): Promise<readonly string[]> {
  return new Promise((resolve) => setTimeout(() => resolve([]), ms))
}
