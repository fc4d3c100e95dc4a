import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { OutgoingMessage } from '../../../src/flow/ports/ports.ts'
import { createSmtpMailer, type SmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { waitFor } from '../../support/wait-for.ts'

const RAW = Buffer.from('Subject: hello\r\n\r\nA line of the message.\r\n')
const MESSAGE: OutgoingMessage = { from: 'course@example.test', to: 'reader@example.test', raw: RAW }
const ENVELOPE = 'MAIL FROM:<course@example.test>\r\nRCPT TO:<reader@example.test>\r\nDATA\r\n'

/** A relay that says what the test tells it to, to whatever it hears. */
let server: Server
let relay: Socket
let heard = ''
let announced = ['PIPELINING']
let mailer: SmtpMailer
const errors: unknown[] = []

beforeEach(async () => {
  heard = ''
  announced = ['PIPELINING']
  server = createServer((socket) => {
    relay = socket
    let isGreeted = false
    socket.on('error', (error) => errors.push(error))
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      if (!isGreeted) {
        isGreeted = true
        socket.write(`250-test\r\n${announced.map((word) => `250-${word}\r\n`).join('')}250 HELP\r\n`)
      } else if (chunk.toString() !== 'QUIT\r\n') heard += chunk
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  mailer = createSmtpMailer({
    server: relayAt(`smtp://127.0.0.1:${port}`),
    clientName: 'test',
    socketTimeoutMs: 5_000,
    connections: 1,
  })
})
afterEach(async () => {
  relay?.destroy()
  await mailer.close()
  await new Promise((resolve) => server.close(resolve))
})

const hear = (text: string) =>
  waitFor(
    () => heard === text,
    () => `${JSON.stringify(text)}, heard ${JSON.stringify(heard)}`,
  )
const settle = () => new Promise((resolve) => setTimeout(resolve, 60))
const yes = async () => true

describe('where PIPELINING is announced', () => {
  test('sender, recipient and DATA leave together, the message waits for 354, and its last byte for the mark', async () => {
    let agree = (_marked: boolean) => {}
    const sent = mailer.send(
      MESSAGE,
      () =>
        new Promise((resolve) => {
          agree = resolve
        }),
    )
    await hear(ENVELOPE)
    relay.write('250 ok\r\n250 ok\r\n')
    await settle()
    expect(heard).toBe(ENVELOPE)
    relay.write('354 go on\r\n')
    await hear(`${ENVELOPE}${RAW.toString().slice(0, -1)}`)
    agree(true)
    await hear(`${ENVELOPE}${RAW}.\r\n`)
    relay.write('250-taken\r\n250 as 1\r\n')
    expect(await sent).toEqual({ kind: 'accepted', reply: '250-taken\n250 as 1' })
  })

  test.each([
    ['the sender', '550 5.7.26 no\r\n503 MAIL first\r\n354 go on\r\n', { stage: 'mail', code: 550 }],
    ['the recipient', '250 ok\r\n550 5.1.1 no\r\n354 go on\r\n', { stage: 'rcpt', code: 550 }],
  ])(
    'a server that refuses %s and takes DATA all the same gets no dot, not even an empty message',
    async (_who, says, result) => {
      const sent = mailer.send(MESSAGE, yes)
      await hear(ENVELOPE)
      relay.write(says)
      expect(await sent).toMatchObject({ kind: 'refused', ...result })
      await waitFor(() => relay.destroyed, 'the connection to be dropped')
      expect(heard).toBe(ENVELOPE)
    },
  )

  test('what was refused first is told, also when the server says no more after it', async () => {
    const sent = mailer.send(MESSAGE, yes)
    await hear(ENVELOPE)
    relay.end('250 ok\r\n550 5.1.1 no\r\n')
    expect(await sent).toEqual({ kind: 'refused', stage: 'rcpt', code: 550, reply: '550 5.1.1 no' })
  })

  test('421 ends it at any command', async () => {
    const sent = mailer.send(MESSAGE, yes)
    await hear(ENVELOPE)
    relay.write('250 ok\r\n421 4.3.2 closing\r\n')
    expect(await sent).toMatchObject({ kind: 'refused', stage: 'rcpt', code: 421 })
    await waitFor(() => relay.destroyed, 'the connection to be dropped')
  })

  test('DATA answered with 250 is no leave to send', async () => {
    const sent = mailer.send(MESSAGE, yes)
    await hear(ENVELOPE)
    relay.write('250 ok\r\n250 ok\r\n250 ok\r\n')
    expect(await sent).toMatchObject({ kind: 'lost', stage: 'data' })
    expect(heard).toBe(ENVELOPE)
  })
})

test('where it is not announced, each command waits for the reply to the one before', async () => {
  announced = []
  const sent = mailer.send(MESSAGE, yes)
  const [mail, rcpt, data] = ENVELOPE.split(/(?<=\n)/)
  await hear(`${mail}`)
  await settle()
  relay.write('250 ok\r\n')
  await hear(`${mail}${rcpt}`)
  relay.write('250 ok\r\n')
  await hear(`${mail}${rcpt}${data}`)
  relay.write('354 go on\r\n')
  await hear(`${ENVELOPE}${RAW}.\r\n`)
  relay.write('250 ok\r\n')
  expect((await sent).kind).toBe('accepted')
})

describe('in the middle of a message', () => {
  const LARGE = { ...MESSAGE, raw: Buffer.alloc(32 * 1024 * 1024, 'a line of the message\r\n') }
  const begin = async (message: OutgoingMessage, confirmHandover: () => Promise<boolean>) => {
    const sent = mailer.send(message, confirmHandover)
    await hear(ENVELOPE)
    // From here on it reads nothing.
    relay.pause()
    relay.write('250 ok\r\n250 ok\r\n354 go on\r\n')
    return sent
  }

  test('a server that stops reading and goes: lost before the mark, which is never asked for', async () => {
    let marks = 0
    const sent = begin(LARGE, async () => {
      marks += 1
      return true
    })
    await waitFor(() => heard === ENVELOPE, 'the envelope')
    await settle()
    await settle()
    expect(marks).toBe(0)
    relay.resetAndDestroy()
    expect(await sent).toMatchObject({ kind: 'lost', stage: 'body' })
    expect(marks).toBe(0)
  })

  test.each([
    ['552 5.3.4 too large\r\n', { kind: 'refused', stage: 'body', code: 552 }],
    ['421 4.3.2 closing\r\n', { kind: 'refused', stage: 'body', code: 421 }],
    ['250 taken\r\n', { kind: 'lost', stage: 'body' }],
    ['hello\r\n', { kind: 'lost', stage: 'body' }],
  ])('%j is believed to have ended it, and the last byte does not leave, whatever the mark', async (says, result) => {
    let agree = (_marked: boolean) => {}
    const sent = mailer.send(
      MESSAGE,
      () =>
        new Promise((resolve) => {
          agree = resolve
        }),
    )
    await hear(ENVELOPE)
    relay.write('250 ok\r\n250 ok\r\n354 go on\r\n')
    await hear(`${ENVELOPE}${RAW.toString().slice(0, -1)}`)
    relay.write(says)
    expect(await sent).toMatchObject(result)
    agree(true)
    await waitFor(() => relay.destroyed, 'the connection to be dropped')
    expect(heard).toBe(`${ENVELOPE}${RAW.toString().slice(0, -1)}`)
  })
})

test('a kept connection on which the server says goodbye is left, and the next message goes by another', async () => {
  const take = async (sent: ReturnType<SmtpMailer['send']>) => {
    await hear(ENVELOPE)
    relay.write('250 ok\r\n250 ok\r\n354 go on\r\n')
    await hear(`${ENVELOPE}${RAW}.\r\n`)
    relay.write('250 ok\r\n')
    expect((await sent).kind).toBe('accepted')
    heard = ''
  }
  await take(mailer.send(MESSAGE, yes))
  const first = relay
  first.write('421 4.4.2 you were idle\r\n')
  await waitFor(() => first.destroyed, 'the connection to be dropped')
  await take(mailer.send(MESSAGE, yes))
  expect(relay).not.toBe(first)
})

describe('what cannot be said is not said', () => {
  test.each([
    [{ ...MESSAGE, to: 'a@example.test>\r\nRCPT TO:<b@example.test' }],
    [{ ...MESSAGE, from: 'a@example.test>\r\nDATA' }],
    [{ ...MESSAGE, to: '' }],
  ])('%j', async (message) => {
    expect(await mailer.send(message as OutgoingMessage, yes)).toEqual({
      kind: 'unsendable',
      reply: expect.stringMatching(/^553 5\.1\.3 /),
    })
    expect(heard).toBe('')
  })

  test('a message above the size the server takes (RFC 1870)', async () => {
    announced = ['SIZE 20']
    expect(await mailer.send(MESSAGE, yes)).toEqual({
      kind: 'unsendable',
      reply: expect.stringMatching(/^552 5\.3\.4 .*limit of 20$/),
    })
    expect(heard).toBe('')
  })

  test('letters beyond ASCII before the @, where SMTPUTF8 is not announced (RFC 6531)', async () => {
    expect(await mailer.send({ ...MESSAGE, to: 'jürgen@example.test' }, yes)).toEqual({
      kind: 'unsendable',
      reply: expect.stringMatching(/^553 5\.6\.7 /),
    })
    expect(heard).toBe('')
  })
})

test.each([
  [false, '..a\r\n'],
  [true, '.a\r\n'],
])('dots are looked for in a message unless it is said to have none (%s)', async (dotFree, wire) => {
  const sent = mailer.send({ ...MESSAGE, raw: Buffer.from('.a\r\n'), dotFree }, yes)
  await hear(ENVELOPE)
  relay.write('250 ok\r\n250 ok\r\n354 go on\r\n')
  await hear(`${ENVELOPE}${wire}.\r\n`)
  relay.write('250 ok\r\n')
  expect((await sent).kind).toBe('accepted')
})

test('size and foreign letters are announced where the server knows of them (RFC 1870, RFC 6531)', async () => {
  announced = ['SIZE 5000', 'SMTPUTF8', 'PIPELINING']
  const sent = mailer.send({ ...MESSAGE, to: 'jürgen@example.test' }, yes)
  await hear(`MAIL FROM:<course@example.test> SMTPUTF8 SIZE=${RAW.length}\r\nRCPT TO:<jürgen@example.test>\r\nDATA\r\n`)
  relay.end()
  expect((await sent).kind).toBe('lost')
})

test.each([
  ['where SMTPUTF8 is not announced', ['PIPELINING']],
  ['where it is', ['PIPELINING', 'SMTPUTF8']],
])('a domain goes out in ASCII %s (RFC 5890)', async (_where, words) => {
  announced = words
  const sent = mailer.send({ ...MESSAGE, from: 'course@bücher.example', to: 'leser@straße.example' }, yes)
  await hear('MAIL FROM:<course@xn--bcher-kva.example>\r\nRCPT TO:<leser@xn--strae-oqa.example>\r\nDATA\r\n')
  relay.end()
  expect((await sent).kind).toBe('lost')
})
