import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { readExtensions } from '../../../src/mail/smtp/smtp-extensions.ts'
import { takeOverSocket } from '../../../src/mail/smtp/take-over-socket.ts'

const CURE = 'This version of Nodemailer keeps its connection differently: mend src/mail/smtp/take-over-socket.ts'

let server: Server
let peer: Socket
let heard = ''

beforeEach(async () => {
  heard = ''
  server = createServer((socket) => {
    peer = socket
    socket.on('error', () => {})
    socket.write('220 test ESMTP\r\n')
    socket.on('data', (chunk) => {
      const text = chunk.toString()
      heard += text
      if (text.startsWith('EHLO')) socket.write('250-test\r\n250-SIZE 1000\r\n250 PIPELINING\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())))

async function connected(options: object = {}): Promise<{ smtp: SMTPConnection; errors: unknown[] }> {
  const { port } = server.address() as AddressInfo
  const smtp = new SMTPConnection({ host: '127.0.0.1', port, name: 'test', logger: false, ...options })
  const errors: unknown[] = []
  smtp.on('error', (error) => errors.push(error))
  await new Promise<void>((resolve) => smtp.connect(() => resolve()))
  return { smtp, errors }
}

function hold(isSo: boolean): void {
  if (!isSo) throw new Error(CURE)
}

test('after EHLO, Nodemailer still has the whole reply', async () => {
  const { smtp } = await connected()
  expect(readExtensions(smtp.lastServerResponse || '')).toEqual({
    pipelining: true,
    smtpUtf8: false,
    size: true,
    maxSize: 1000,
  })
  takeOverSocket(smtp).destroy()
})

test('after the take-over Nodemailer neither reads nor writes nor closes the socket, nor complains', async () => {
  const { smtp, errors } = await connected({ socketTimeout: 100 })
  const socket = takeOverSocket(smtp)
  let read = ''
  let timeouts = 0
  socket.on('data', (chunk) => {
    read += chunk
  })
  socket.on('timeout', () => {
    timeouts += 1
  })
  peer.write('250 one\r\n999 no reply\r\n421 bye\r\n')
  // Longer than the silence that it would have borne.
  await new Promise((resolve) => setTimeout(resolve, 250))
  hold(read === '250 one\r\n999 no reply\r\n421 bye\r\n')
  hold(timeouts > 0 && !socket.destroyed && socket.writable)
  socket.write('NOOP\r\n')
  await new Promise((resolve) => setTimeout(resolve, 50))
  hold(heard === 'EHLO test\r\nNOOP\r\n')
  socket.on('error', () => {})
  const gone = new Promise((resolve) => socket.on('close', resolve))
  peer.resetAndDestroy()
  await gone
  hold(errors.length === 0)
})

test('a connection without its socket is refused with a sentence that says where to look', () => {
  const smtp = new SMTPConnection({ logger: false })
  expect(() => takeOverSocket(smtp)).toThrow(/version of Nodemailer .* src\/mail\/smtp\/take-over-socket\.ts/)
})
