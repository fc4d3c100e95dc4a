import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { SMTPServer } from 'smtp-server'
import type { SmtpResult } from '../../../src/flow/ports/ports.ts'
import type { TlsMode } from '../../../src/mail/smtp/smtp-connection.ts'
import { createSmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { selfSigned } from '../../support/self-signed.ts'

const MESSAGE = { from: 'a@example.test', to: 'b@example.test', raw: Buffer.from('Subject: hello\r\n\r\nhello\r\n') }
const trusted = getCACertificates('default')
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  setDefaultCACertificates(trusted)
})
afterAll(() => setDefaultCACertificates(trusted))

/** A relay in clear that says yes to everything, and STARTTLS only where it is told to announce it. Returns what it heard. */
async function relayInClear(
  answers: Readonly<Record<string, string>> = {},
): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = []
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write('220 relay.example ESMTP\r\n')
    let isBody = false
    socket.on('data', (chunk) => {
      for (const line of chunk.toString('latin1').split('\r\n')) {
        if (line === '') continue
        heard.push(line)
        const verb = line.slice(0, 8).split(' ')[0]?.toUpperCase() ?? ''
        if (isBody) {
          if (line !== '.') continue
          isBody = false
          socket.write('250 taken\r\n')
        } else if (answers[verb] !== undefined) socket.write(`${answers[verb]}\r\n`)
        else if (verb === 'EHLO') socket.write('250-relay.example\r\n250 AUTH PLAIN LOGIN\r\n')
        else if (verb === 'DATA') {
          isBody = true
          socket.write('354 go on\r\n')
        } else socket.write(verb === 'AUTH' ? '235 ok\r\n' : '250 ok\r\n')
      }
    })
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return { port: (server.address() as AddressInfo).port, heard }
}

async function sendOne(url: string, tls?: TlsMode): Promise<SmtpResult> {
  const mailer = createSmtpMailer({
    server: relayAt(url),
    clientName: 'test',
    socketTimeoutMs: 2_000,
    connections: 1,
    ...(tls !== undefined && { tls }),
  })
  const result = await mailer.send(MESSAGE, async () => true)
  await mailer.close()
  return result
}

const REASON = 'the relay offers no STARTTLS, and SMTP_TLS is required'

describe('SMTP_TLS=required', () => {
  test.each([
    ['does not announce STARTTLS', {}],
    ['answers STARTTLS with yes all the same', { STARTTLS: '250 ok' }],
    ['knows no EHLO', { EHLO: '502 5.5.1 what?' }],
  ])('a relay that %s hears neither password nor sender', async (_what, answers) => {
    const { port, heard } = await relayInClear(answers)
    const result = await sendOne(`smtp://user:secret@localhost:${port}`, 'required')
    expect(result).toMatchObject({ kind: 'lost', stage: 'tls', reason: expect.stringContaining(REASON) })
    expect(heard.filter((line) => !/^(EHLO|HELO|QUIT)/.test(line))).toEqual([])
  })

  test('a relay that announces STARTTLS and refuses it', async () => {
    const { port, heard } = await relayInClear({
      EHLO: '250-relay.example\r\n250-STARTTLS\r\n250 AUTH PLAIN',
      STARTTLS: '502 5.5.1 not today',
    })
    const result = await sendOne(`smtp://user:secret@localhost:${port}`, 'required')
    expect(result).toMatchObject({ kind: 'refused', stage: 'tls', code: 502 })
    expect(heard.some((line) => /^(AUTH|MAIL)/.test(line))).toBe(false)
  })
})

describe.each([
  ['required', 'smtp'],
  ['opportunistic', 'smtp'],
  ['required', 'smtps'],
  ['none', 'smtps'],
] as const)('SMTP_TLS=%s with %s://', (tls, scheme) => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const start = async (host: string) => {
    const cert = selfSigned(keys, Date.now() - 86_400_000, Date.now() + 86_400_000, host)
    const logins: (string | undefined)[] = []
    const server = new SMTPServer({
      key,
      cert,
      secure: scheme === 'smtps',
      disableReverseLookup: true,
      logger: false,
      onAuth({ username }, session, done) {
        logins.push(session.secure ? username : 'in clear')
        done(null, { user: username ?? '' })
      },
      onData(stream, _session, done) {
        stream.resume().on('end', () => done())
      },
    })
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(0, 'localhost', () => resolve()))
    closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
    return { cert, logins, url: `${scheme}://user:secret@localhost:${(server.server.address() as AddressInfo).port}` }
  }

  test('a certificate that is trusted and of this name: sent over TLS', async () => {
    const { cert, logins, url } = await start('localhost')
    setDefaultCACertificates([...trusted, cert])
    expect((await sendOne(url, tls)).kind).toBe('accepted')
    expect(logins).toEqual(['user'])
  })

  test.each([
    ['from nobody who is trusted', 'localhost', false],
    ['of another name', 'other.example', true],
  ])('a certificate %s: nothing is said, and the reason is told', async (_what, host, isTrusted) => {
    const { cert, logins, url } = await start(host)
    if (isTrusted) setDefaultCACertificates([...trusted, cert])
    const result = await sendOne(url, tls)
    expect(result).toMatchObject({ kind: 'lost', stage: 'tls', reason: expect.stringMatching(/certificate/i) })
    expect(logins).toEqual([])
  })
})

test.each([['opportunistic'], ['none'], [undefined]] as const)(
  'SMTP_TLS=%s sends in clear where there is no TLS',
  async (tls) => {
    const { port, heard } = await relayInClear()
    expect((await sendOne(`smtp://localhost:${port}`, tls)).kind).toBe('accepted')
    expect(heard).not.toContain('STARTTLS')
  },
)

test('SMTP_TLS=none does not take up an announced STARTTLS', async () => {
  const { port, heard } = await relayInClear({ EHLO: '250-relay.example\r\n250 STARTTLS' })
  expect((await sendOne(`smtp://localhost:${port}`, 'none')).kind).toBe('accepted')
  expect(heard).not.toContain('STARTTLS')
})
