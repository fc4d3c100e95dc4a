import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { OutgoingMessage, SmtpResult } from '../../../src/flow/ports/ports.ts'
import { createSmtpMailer, type SmtpMailer, type SmtpMailerOptions } from '../../../src/mail/smtp/smtp-mailer.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { waitFor } from '../../support/wait-for.ts'

/** A relay that greets, and then says what the test tells it to. */
interface Connection {
  readonly socket: Socket
  /** What came after EHLO, in latin1, and the same in the pieces in which it came. */
  heard: string
  readonly pieces: string[]
}

const connections: Connection[] = []
let server: Server
let announced = ['PIPELINING']
/** Connections after this many hear nothing, not even a greeting. */
let greeted = Number.POSITIVE_INFINITY
let mailer: SmtpMailer
let isOver = false

beforeEach(async () => {
  connections.length = 0
  isOver = false
  announced = ['PIPELINING']
  greeted = Number.POSITIVE_INFINITY
  server = createServer((socket) => {
    const connection: Connection = { socket, heard: '', pieces: [] }
    let isKnown = false
    socket.on('error', () => {})
    if (isOver) socket.destroy()
    else if (connections.push(connection) <= greeted) socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      if (!isKnown) {
        isKnown = true
        socket.write(`250-test\r\n${announced.map((word) => `250-${word}\r\n`).join('')}250 HELP\r\n`)
        return
      }
      connection.heard += chunk.toString('latin1')
      connection.pieces.push(chunk.toString('latin1'))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  isOver = true
  for (const { socket } of connections) socket.destroy()
  await mailer.close()
  await new Promise((resolve) => server.close(resolve))
})

function start(options: Partial<SmtpMailerOptions> = {}): void {
  const { port } = server.address() as AddressInfo
  const url = `smtp://127.0.0.1:${port}`
  mailer = createSmtpMailer({
    server: relayAt(url),
    clientName: 'test',
    socketTimeoutMs: 5_000,
    connections: 1,
    drainMs: 50,
    ...options,
  })
}

const rawOf = (name: string) => `Subject: ${name}\r\n\r\nFor ${name} alone.\r\n`
const envelopeOf = (name: string) => `MAIL FROM:<course@example.test>\r\nRCPT TO:<${name}@example.test>\r\nDATA\r\n`
/** All but the last byte, and the last byte with the dot. */
const headOf = (name: string) => rawOf(name).slice(0, -1)
const END = '\n.\r\n'
const YES = '250 ok\r\n250 ok\r\n354 go on\r\n'

interface Sent {
  readonly result: Promise<SmtpResult>
  /** How often its mark was asked for. */
  marks: number
  /** Answers what waits for the mark, and whatever asks later. */
  agree(isHandedOver?: boolean): void
}

/** Its mark is made at once, unless the test holds it back. */
function send(name: string, { held = false, ...changes }: Partial<OutgoingMessage> & { held?: boolean } = {}): Sent {
  let agree = (_isMarked: boolean) => {}
  const mark = new Promise<boolean>((resolve) => {
    agree = resolve
  })
  if (!held) agree(true)
  const message = { from: 'course@example.test', to: `${name}@example.test`, raw: Buffer.from(rawOf(name)), ...changes }
  const sent: Sent = {
    marks: 0,
    agree: (isHandedOver = true) => agree(isHandedOver),
    result: mailer.send(message, () => {
      sent.marks += 1
      return mark
    }),
  }
  return sent
}

const hear = (number: number, text: string) =>
  waitFor(
    () => connections[number]?.heard === text,
    () => `${JSON.stringify(text)}, heard ${JSON.stringify(connections.map(({ heard }) => heard))}`,
  )
const say = (number: number, text: string) => connections[number]?.socket.write(text)
const gone = (number: number) =>
  waitFor(() => connections[number]?.socket.destroyed === true, `connection ${number} to be gone`)
const settle = () => new Promise((resolve) => setTimeout(resolve, 60))

/** Up to the moment when the whole of the first message and the envelope of the second are with the relay. */
async function untilAhead(): Promise<{ first: Sent; second: Sent }> {
  const first = send('first', { held: true })
  const second = send('second', { held: true })
  await hear(0, envelopeOf('first'))
  say(0, YES)
  await hear(0, `${envelopeOf('first')}${headOf('first')}`)
  first.agree()
  await hear(0, `${envelopeOf('first')}${headOf('first')}${END}${envelopeOf('second')}`)
  return { first, second }
}

/** Takes one message over a connection that has heard nothing else. */
async function take(number: number, name: string): Promise<void> {
  await hear(number, envelopeOf(name))
  say(number, YES)
  await hear(number, `${envelopeOf(name)}${headOf(name)}${END}`)
  say(number, '250 ok\r\n')
}

describe('a message that waits when a final dot leaves', () => {
  test('is announced in the same write, and goes on as any other', async () => {
    start()
    const { first, second } = await untilAhead()
    expect(connections[0]?.pieces).toEqual([envelopeOf('first'), headOf('first'), `${END}${envelopeOf('second')}`])
    say(0, `250 as 1\r\n${YES}`)
    expect(await first.result).toEqual({ kind: 'accepted', reply: '250 as 1' })
    const heard = `${rawOf('first')}.\r\n${envelopeOf('second')}${headOf('second')}`
    await hear(0, `${envelopeOf('first')}${heard}`)
    await settle()
    // Its own last byte waits for its own mark.
    await hear(0, `${envelopeOf('first')}${heard}`)
    expect(second.marks).toBe(1)
    second.agree()
    await hear(0, `${envelopeOf('first')}${heard}${END}`)
    say(0, '250 as 2\r\n')
    expect(await second.result).toEqual({ kind: 'accepted', reply: '250 as 2' })
    expect(first.marks).toBe(1)
  })

  test('is announced byte for byte beside a last byte that is no letter', async () => {
    announced = ['PIPELINING', 'SMTPUTF8', 'SIZE 1000']
    start()
    const raw = Buffer.from('Subject: x\r\n\r\ncaf\xe9', 'latin1')
    const results = [send('first', { raw }), send('second', { to: 'jürgen@example.test', raw })]
    await hear(0, 'MAIL FROM:<course@example.test> SIZE=18\r\nRCPT TO:<first@example.test>\r\nDATA\r\n')
    say(0, YES)
    const envelope = 'MAIL FROM:<course@example.test> SMTPUTF8 SIZE=18\r\nRCPT TO:<jürgen@example.test>\r\nDATA\r\n'
    const wire = `\xe9\r\n.\r\n${Buffer.from(envelope).toString('latin1')}`
    await waitFor(() => connections[0]?.heard.endsWith(wire) === true, 'both, in their own bytes')
    say(0, `250 ok\r\n${YES}`)
    await waitFor(() => connections[0]?.heard.endsWith('\xe9\r\n.\r\n') === true, 'the second message')
    say(0, '250 ok\r\n')
    for (const { result } of results) expect((await result).kind).toBe('accepted')
  })

  test('waits for the reply where PIPELINING is not announced', async () => {
    announced = []
    start()
    const first = send('first')
    const second = send('second')
    for (const line of envelopeOf('first')
      .split(/(?<=\n)/)
      .slice(0, 3)) {
      await waitFor(() => connections[0]?.heard.endsWith(line) === true, line)
      say(0, line === 'DATA\r\n' ? '354 go on\r\n' : '250 ok\r\n')
    }
    const heard = `${envelopeOf('first')}${headOf('first')}${END}`
    await hear(0, heard)
    await settle()
    await hear(0, heard)
    say(0, '250 ok\r\n')
    expect((await first.result).kind).toBe('accepted')
    await hear(0, `${heard}MAIL FROM:<course@example.test>\r\n`)
    connections[0]?.socket.destroy()
    await hear(1, 'MAIL FROM:<course@example.test>\r\n')
    connections[1]?.socket.destroy()
    await second.result
  })

  test('is not announced after a message whose mark is refused: it goes by another connection', async () => {
    start()
    const first = send('first', { held: true })
    const second = send('second')
    await hear(0, envelopeOf('first'))
    say(0, YES)
    await hear(0, `${envelopeOf('first')}${headOf('first')}`)
    first.agree(false)
    expect(await first.result).toEqual({ kind: 'withdrawn' })
    await gone(0)
    expect(connections[0]?.heard).toBe(`${envelopeOf('first')}${headOf('first')}`)
    await take(1, 'second')
    expect((await second.result).kind).toBe('accepted')
  })

  test('gets its own result where it cannot be said at all, and the connection goes on without it', async () => {
    start()
    const first = send('first')
    const bad = send('bad', { to: 'a@example.test>\r\nDATA' })
    await take(0, 'first')
    expect((await first.result).kind).toBe('accepted')
    expect(await bad.result).toMatchObject({ kind: 'unsendable' })
    const next = send('next')
    await hear(0, `${envelopeOf('first')}${rawOf('first')}.\r\n${envelopeOf('next')}`)
    say(0, YES)
    await hear(0, `${envelopeOf('first')}${rawOf('first')}.\r\n${envelopeOf('next')}${rawOf('next')}.\r\n`)
    say(0, '250 ok\r\n')
    expect((await next.result).kind).toBe('accepted')
  })
})

describe('of a message that was announced, and whose relay', () => {
  const ends: [string, () => unknown, Partial<SmtpResult>][] = [
    ['closes the connection', () => connections[0]?.socket.end(), { kind: 'lost', stage: 'after-dot' }],
    ['resets it', () => connections[0]?.socket.resetAndDestroy(), { kind: 'lost', stage: 'after-dot' }],
    ['falls silent', () => {}, { kind: 'lost', stage: 'after-dot' }],
    ['says 421', () => say(0, '421 4.3.2 closing\r\n'), { kind: 'refused', stage: 'after-dot', code: 421 }],
    [
      'says 421 to everything',
      () => say(0, '421 4.3.2 closing\r\n'.repeat(4)),
      { kind: 'refused', stage: 'after-dot', code: 421 },
    ],
    ['says what is no reply', () => say(0, 'hello\r\n'), { kind: 'lost', stage: 'after-dot' }],
    ['asks for a message', () => say(0, `354 go on\r\n${YES}`), { kind: 'lost', stage: 'after-dot' }],
  ]
  test.each(ends)(
    '%s instead of taking the one before: it goes first by another connection',
    async (_how, end, lost) => {
      start({ socketTimeoutMs: 300 })
      const { first, second } = await untilAhead()
      const third = send('third')
      second.agree()
      end()
      expect(await first.result).toMatchObject(lost)
      await gone(0)
      expect(second.marks).toBe(0)
      await hear(1, envelopeOf('second'))
      say(1, YES)
      await hear(1, `${envelopeOf('second')}${rawOf('second')}.\r\n${envelopeOf('third')}`)
      say(1, `250 ok\r\n${YES}`)
      await hear(1, `${envelopeOf('second')}${rawOf('second')}.\r\n${envelopeOf('third')}${rawOf('third')}.\r\n`)
      say(1, '250 ok\r\n')
      expect([(await second.result).kind, (await third.result).kind]).toEqual(['accepted', 'accepted'])
      expect(second.marks).toBe(1)
      expect(connections[0]?.heard).toBe(`${envelopeOf('first')}${rawOf('first')}.\r\n${envelopeOf('second')}`)
      expect(connections).toHaveLength(2)
    },
  )

  test.each([
    ['nothing of it', ''],
    ['its sender', '250 ok\r\n'],
    ['its sender and recipient', '250 ok\r\n250 ok\r\n'],
    ['its sender with 421', '421 4.7.0 too many\r\n'],
    ['its recipient with 421', '250 ok\r\n421 4.7.0 too many\r\n'],
    ['DATA with 421', '250 ok\r\n250 ok\r\n421 4.7.0 too many\r\n'],
  ])('took the one before, answered %s and went: it goes by another connection', async (_what, says) => {
    start()
    const { first, second } = await untilAhead()
    second.agree()
    connections[0]?.socket.end(`250 ok\r\n${says}`)
    expect((await first.result).kind).toBe('accepted')
    await take(1, 'second')
    expect((await second.result).kind).toBe('accepted')
    expect([first.marks, second.marks]).toEqual([1, 1])
  })

  test('took the one before and goes in the middle of this one: a loss before the mark, told as such', async () => {
    start()
    const { first, second } = await untilAhead()
    const others = [send('third'), send('fourth')]
    say(0, `250 ok\r\n${YES}`)
    await waitFor(() => second.marks === 1, 'its mark to be asked for')
    connections[0]?.socket.end()
    expect(await second.result).toMatchObject({ kind: 'lost', stage: 'body' })
    await hear(1, envelopeOf('third'))
    // Too late: neither its last byte nor what waits goes by the connection that is lost.
    second.agree()
    await settle()
    expect((await first.result).kind).toBe('accepted')
    expect(connections[0]?.heard.endsWith(headOf('second'))).toBe(true)
    say(1, YES)
    await hearLast(1, `${rawOf('third')}.\r\n${envelopeOf('fourth')}`)
    say(1, `250 ok\r\n${YES}`)
    await hearLast(1, `${rawOf('fourth')}.\r\n`)
    say(1, '250 ok\r\n')
    for (const { result } of others) expect((await result).kind).toBe('accepted')
  })

  test('took the one before: its own mark, refused, drops the connection', async () => {
    start()
    const { first, second } = await untilAhead()
    say(0, `250 ok\r\n${YES}`)
    await waitFor(() => second.marks === 1, 'its mark to be asked for')
    second.agree(false)
    expect(await second.result).toEqual({ kind: 'withdrawn' })
    await gone(0)
    expect((await first.result).kind).toBe('accepted')
    expect(connections[0]?.heard.endsWith(headOf('second'))).toBe(true)
  })

  test.each([
    ['450 4.7.1 later', 450],
    ['550 5.7.1 spam', 550],
  ])(
    'answers the one before with "%s": it is taken, the relay hears QUIT, and the next goes elsewhere',
    async (says, code) => {
      start()
      const { first, second } = await untilAhead()
      const third = send('third')
      second.agree()
      say(0, `${says}\r\n`)
      // Told at once, not when the next is done.
      expect(await first.result).toEqual({ kind: 'refused', stage: 'after-dot', code, reply: says })
      say(0, YES)
      const heard = `${envelopeOf('first')}${rawOf('first')}.\r\n${envelopeOf('second')}${rawOf('second')}.\r\n`
      await hear(0, heard)
      say(0, '250 ok\r\n')
      expect((await second.result).kind).toBe('accepted')
      await hear(0, `${heard}QUIT\r\n`)
      await take(1, 'third')
      expect((await third.result).kind).toBe('accepted')
    },
  )

  const refusals: [string, string, Partial<SmtpResult>, 'QUIT' | 'nothing'][] = [
    ['its sender', '550 5.7.1 no\r\n503 no\r\n503 no\r\n', { stage: 'mail', code: 550 }, 'QUIT'],
    ['its recipient', '250 ok\r\n550 5.1.1 no\r\n554 no\r\n', { stage: 'rcpt', code: 550 }, 'QUIT'],
    ['DATA', '250 ok\r\n250 ok\r\n452 4.3.1 full\r\n', { stage: 'data', code: 452 }, 'QUIT'],
    [
      'its recipient, and asks for it',
      '250 ok\r\n550 5.1.1 no\r\n354 go on\r\n',
      { stage: 'rcpt', code: 550 },
      'nothing',
    ],
  ]
  test.each(refusals)('refuses %s: that is its own result, and it hears no dot', async (_what, says, result, hears) => {
    start()
    const { first, second } = await untilAhead()
    const before = connections[0]?.heard
    say(0, `250 ok\r\n${says}`)
    expect((await first.result).kind).toBe('accepted')
    expect(await second.result).toMatchObject({ kind: 'refused', ...result })
    await gone(0)
    expect(connections[0]?.heard).toBe(`${before}${hears === 'QUIT' ? 'QUIT\r\n' : ''}`)
    expect(second.marks).toBe(0)
  })
})

describe('a message is not bound to a reply that may be slow', () => {
  test('where a connection is idle', async () => {
    start({ connections: 2 })
    const warm = [send('one'), send('two')]
    await Promise.all([take(0, 'one'), take(1, 'two')])
    for (const { result } of warm) expect((await result).kind).toBe('accepted')
    const slow = send('slow', { held: true })
    const at = await connectionOf('slow')
    say(at, YES)
    await waitFor(() => slow.marks === 1, 'its mark to be asked for')
    const other = send('other')
    slow.agree()
    const elsewhere = await connectionOf('other')
    expect(elsewhere).toBe(1 - at)
    say(elsewhere, YES)
    await hearLast(elsewhere, `${rawOf('other')}.\r\n`)
    say(elsewhere, '250 ok\r\n')
    expect((await other.result).kind).toBe('accepted')
    await hearLast(at, `${rawOf('slow')}.\r\n`)
    say(at, '250 ok\r\n')
    expect((await slow.result).kind).toBe('accepted')
  })

  test('where a connection is being opened for it', async () => {
    greeted = 1
    start({ connections: 2 })
    const first = send('first', { held: true })
    await hear(0, envelopeOf('first'))
    say(0, YES)
    const second = send('second')
    await waitFor(() => connections.length === 2, 'the second connection')
    await waitFor(() => first.marks === 1, 'its mark to be asked for')
    first.agree()
    await hear(0, `${envelopeOf('first')}${rawOf('first')}.\r\n`)
    say(1, '220 test\r\n')
    await take(1, 'second')
    expect((await second.result).kind).toBe('accepted')
    say(0, '250 ok\r\n')
    expect((await first.result).kind).toBe('accepted')
  })
})

describe('when the service stops', () => {
  test('what was announced is finished, what still waits is given back', async () => {
    start()
    const { first, second } = await untilAhead()
    const third = send('third')
    second.agree()
    const closed = mailer.close()
    expect(await third.result).toEqual({ kind: 'withdrawn' })
    say(0, `250 ok\r\n${YES}`)
    await hearLast(0, `${rawOf('second')}.\r\n`)
    say(0, '250 ok\r\n')
    expect([(await first.result).kind, (await second.result).kind]).toEqual(['accepted', 'accepted'])
    await hearLast(0, `${rawOf('second')}.\r\nQUIT\r\n`)
    connections[0]?.socket.end()
    await closed
    expect(connections).toHaveLength(1)
  })

  test('what was announced and lost is given back too', async () => {
    start()
    const { first, second } = await untilAhead()
    const closed = mailer.close()
    await new Promise((resolve) => setTimeout(resolve, 100))
    connections[0]?.socket.end()
    expect(await first.result).toMatchObject({ kind: 'lost', stage: 'after-dot' })
    expect(await second.result).toEqual({ kind: 'withdrawn' })
    await closed
    expect(connections).toHaveLength(1)
  })

  test('nothing is announced any more once messages are given back', async () => {
    start()
    const first = send('first', { held: true })
    const second = send('second')
    await hear(0, envelopeOf('first'))
    say(0, YES)
    await waitFor(() => first.marks === 1, 'its mark to be asked for')
    mailer.drain()
    expect(await second.result).toEqual({ kind: 'withdrawn' })
    const late = send('late')
    first.agree()
    await hear(0, `${envelopeOf('first')}${rawOf('first')}.\r\n`)
    expect(await late.result).toEqual({ kind: 'withdrawn' })
    say(0, '250 ok\r\n')
    expect((await first.result).kind).toBe('accepted')
  })
})

test('nothing is announced where messages have a rate', async () => {
  start({ pace: { rate: 1_000, reserve: async () => 0 } })
  const first = send('first', { held: true })
  send('second')
  await hear(0, envelopeOf('first'))
  say(0, YES)
  await waitFor(() => first.marks === 1, 'its mark to be asked for')
  first.agree()
  await hear(0, `${envelopeOf('first')}${rawOf('first')}.\r\n`)
  await settle()
  await hear(0, `${envelopeOf('first')}${rawOf('first')}.\r\n`)
  say(0, '250 ok\r\n')
  expect((await first.result).kind).toBe('accepted')
})

/** The connection over which this message goes. */
async function connectionOf(name: string): Promise<number> {
  const at = () => connections.findIndex(({ heard }) => heard.includes(`<${name}@`))
  await waitFor(() => at() >= 0, `the envelope of ${name}`)
  return at()
}

async function hearLast(number: number, text: string): Promise<void> {
  await waitFor(
    () => connections[number]?.heard.endsWith(text) === true,
    () => `${JSON.stringify(text)} at the end of ${JSON.stringify(connections[number]?.heard)}`,
  )
}
