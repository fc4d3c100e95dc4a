import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import type { SmtpServer } from '../../../src/core/service-urls/relay-url.ts'
import { probeRelay } from '../../../src/mail/smtp/probe-relay.ts'

const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server that says this to whoever connects. */
async function serverThat(talk: (socket: Socket) => void): Promise<SmtpServer> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    closing.push(() => socket.destroy())
    talk(socket)
  }).listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { secure: false, host: '127.0.0.1', port, credentials: null }
}

/** As much as the client takes. */
const endlessly = (text: string) => (socket: Socket) => {
  const go = () => {
    while (socket.writable && socket.write(text));
  }
  socket.on('drain', go)
  go()
}

test.each([
  ['one line without end', 'a'.repeat(65_536)],
  ['a reply without end', '220-more\r\n'.repeat(6_000)],
])('a relay that answers with %s is left at once', async (_what, text) => {
  const server = await serverThat(endlessly(text))
  const start = performance.now()
  expect(await probeRelay(server, 'course.test')).toEqual({
    reachable: false,
    reason: 'the server sent an endless reply',
  })
  expect(performance.now() - start).toBeLessThan(5_000)
})

test('what is no reply is said', async () => {
  const server = await serverThat((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n'))
  expect(await probeRelay(server, 'course.test')).toEqual({
    reachable: false,
    reason: 'the server sent an invalid reply',
  })
})

test('a greeting of several lines, in pieces, is one reply', async () => {
  const server = await serverThat((socket) => {
    socket.write('220-first\r\n22')
    socket.write('0 second\r\n')
    socket.on('data', () => socket.write('250-relay.example\r\n250 SIZE 1000\r\n'))
  })
  expect(await probeRelay(server, 'course.test')).toMatchObject({
    reachable: true,
    greeting: '220-first\n220 second',
    tls: 'none',
  })
})
