import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { SMTPServer } from 'smtp-server'
import { createSmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { selfSigned } from '../../support/self-signed.ts'

const RAW = Buffer.from(`Subject: hello\r\n\r\n${'.a line of the message\r\n'.repeat(3_000)}`)
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const cert = selfSigned(keys, Date.now() - 86_400_000, Date.now() + 86_400_000, 'localhost')
const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const trusted = getCACertificates('default')

beforeAll(() => setDefaultCACertificates([...trusted, cert]))
afterAll(() => setDefaultCACertificates(trusted))

test.each([
  ['smtp', false],
  ['smtps', true],
])(
  '%s: a message goes over TLS, after the login, byte for byte, and the connection is kept',
  async (scheme, secure) => {
    const taken: Buffer[] = []
    const seen: boolean[] = []
    let sessions = 0
    const server = new SMTPServer({
      key,
      cert,
      secure,
      disableReverseLookup: true,
      logger: false,
      onConnect(_session, done) {
        sessions += 1
        done()
      },
      onAuth: ({ username, password }, _session, done) =>
        username === 'course' && password === 'p@ss' ? done(null, { user: 'course' }) : done(new Error('no')),
      onData(stream, session, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          taken.push(Buffer.concat(chunks))
          seen.push(session.secure)
          done()
        })
      },
    })
    await new Promise<void>((resolve) => server.listen(0, 'localhost', () => resolve()))
    const { port } = server.server.address() as AddressInfo
    const url = `${scheme}://course:p%40ss@localhost:${port}`
    const mailer = createSmtpMailer({
      server: relayAt(url),
      clientName: 'test',
      socketTimeoutMs: 5_000,
      connections: 1,
    })
    try {
      const send = async () => {
        const result = await mailer.send({ from: 'a@example.test', to: 'b@example.test', raw: RAW }, async () => true)
        expect(result.kind).toBe('accepted')
      }
      await send()
      await Promise.all([send(), send(), send()])
      expect(seen).toEqual([true, true, true, true])
      expect(taken.every((raw) => raw.equals(RAW))).toBe(true)
      expect(sessions).toBe(1)
    } finally {
      await mailer.close()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  },
)
