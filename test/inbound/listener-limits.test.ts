import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { createTransport } from 'nodemailer'
import { complaintsAddress, returnPathOf } from '../../src/core/reports/return-address.ts'
import { type InboundListener, type ListenerOptions, startInboundListener } from '../../src/inbound/listener.ts'
import { queryRows } from '../support/database/database-rows.ts'
import { complaintReport, deliverReport } from '../support/sample-reports.ts'
import { selfSigned } from '../support/self-signed.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { waitFor } from '../support/wait-for.ts'

const DOMAIN = 'bounces.course.example'
let parts: TestApp
let listener: InboundListener | null = null
const sockets: Socket[] = []

beforeAll(async () => {
  parts = await createTestApp({ env: { RETURN_PATH_DOMAIN: DOMAIN } })
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await listener?.close()
  listener = null
})

afterAll(() => parts?.close())

const loop = () => complaintsAddress(parts.app.ports.keys, DOMAIN)

async function listen(limits: ListenerOptions['limits'] = {}, tls: ListenerOptions['tls'] = null): Promise<number> {
  const options = {
    domains: { returnPath: DOMAIN, reply: null },
    port: 0,
    tls,
    limits: { checkIntervalMs: 20, ...limits },
  }
  listener = await startInboundListener(parts.app.ports, options)
  return listener.port
}

interface Client {
  readonly socket: Socket
  /** Everything the server sent. */
  said(): string
  readonly closed: Promise<void>
}

/** A connection from `host`, any address of 127.0.0.0/8. */
function open(port: number, host = '127.0.0.1'): Client {
  const socket = connect({ port, host: '127.0.0.1', localAddress: host })
  sockets.push(socket)
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  socket.on('error', () => {})
  return { socket, said: () => text, closed: new Promise((resolve) => socket.once('close', () => resolve())) }
}

async function greeted(client: Client): Promise<Client> {
  await waitFor(() => client.said().startsWith('220'), 'the greeting')
  return client
}

/** Whether the server accepts the connection rather than replying 421. */
async function isGreeted(client: Client): Promise<boolean> {
  await waitFor(() => client.said() !== '' || client.socket.destroyed, 'an answer')
  return client.said().startsWith('220')
}

/** Sends lines one at a time, each after the reply to the previous one. */
async function say(client: Client, ...lines: string[]): Promise<void> {
  for (const line of lines) {
    const before = client.said().length
    client.socket.write(`${line}\r\n`)
    await waitFor(
      () => /^\d{3} .*\r\n$/m.test(client.said().slice(before)) || client.socket.destroyed,
      `an answer to ${line}`,
    )
  }
}

describe('room for others', () => {
  test('one network holds no more than its share of connections, and another one is served', async () => {
    const port = await listen({ network: 3, total: 20 })
    const held = await Promise.all(['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((host) => greeted(open(port, host))))
    const fourth = open(port, '127.0.0.4')
    await fourth.closed
    expect(fourth.said()).toMatch(/^421 4\.7\.0 /)
    await greeted(open(port, '127.0.9.1'))
    held[0]?.socket.destroy()
    let next = open(port, '127.0.0.5')
    for (let tries = 0; tries < 100 && !(await isGreeted(next)); tries += 1) next = open(port, '127.0.0.5')
    expect(next.said()).toMatch(/^220 /)
  })

  test('there are no more connections than there may be', async () => {
    const port = await listen({ network: 2, total: 3 })
    for (const host of ['127.0.0.1', '127.0.1.1', '127.0.2.1']) await greeted(open(port, host))
    const fourth = open(port, '127.0.3.1')
    await fourth.closed
    expect(fourth.said()).toMatch(/^421 /)
  })
})

describe('a client that is too slow is dropped', () => {
  test.each([
    ['says nothing', async () => {}],
    [
      'trickles a command',
      async ({ socket }: Client) => {
        for (let sent = 0; !socket.destroyed && sent < 100; sent += 1) {
          socket.write('E')
          await sleep(20)
        }
      },
    ],
    [
      'goes on with commands that lead nowhere',
      async ({ socket }: Client) => {
        for (let sent = 0; !socket.destroyed && sent < 100; sent += 1) {
          socket.write('NOOP\r\n')
          await sleep(20)
        }
      },
    ],
  ])('that %s', async (_what, act) => {
    const port = await listen({ step: 300 })
    const client = await greeted(open(port))
    const start = performance.now()
    await Promise.race([client.closed, act(client).then(() => client.closed)])
    expect(performance.now() - start).toBeLessThan(3_000)
  })

  test('that trickles a message', async () => {
    const port = await listen({ grace: 200, bytesPerSecond: 500, step: 60_000 })
    const client = await greeted(open(port))
    await say(client, 'EHLO x', 'MAIL FROM:<>', `RCPT TO:<${loop()}>`, 'DATA')
    expect(client.said()).toContain('354')
    for (let sent = 0; !client.socket.destroyed && sent < 200; sent += 1) {
      client.socket.write('x')
      await sleep(10)
    }
    expect(client.socket.destroyed).toBe(true)
  })

  test('and one that holds its connection whatever it does', async () => {
    const port = await listen({ connection: 400 })
    const client = await greeted(open(port))
    await say(client, 'EHLO x')
    for (let round = 0; !client.socket.destroyed && round < 200; round += 1) {
      client.socket.write('MAIL FROM:<>\r\nRSET\r\n')
      await sleep(20)
    }
    expect(client.socket.destroyed).toBe(true)
  })

  test('while one that brings a report at a fair pace is heard', async () => {
    const port = await listen({ grace: 100, bytesPerSecond: 100, step: 400 })
    const client = await greeted(open(port))
    await say(client, 'EHLO x', 'MAIL FROM:<>', `RCPT TO:<${loop()}>`, 'DATA')
    for (const line of complaintReport({}).split('\r\n')) {
      client.socket.write(`${line}\r\n`)
      await sleep(10)
    }
    await say(client, '.', 'QUIT')
    expect(client.said()).toMatch(/250 kept/)
  })
})

describe('a client that sends too much', () => {
  test('in one line is dropped', async () => {
    const port = await listen()
    const client = await greeted(open(port))
    client.socket.write('A'.repeat(5_000))
    await client.closed
    expect(client.said()).toMatch(/421 /)
  })

  test('in commands that are none is dropped', async () => {
    const port = await listen()
    const client = await greeted(open(port))
    client.socket.write('NONSENSE\r\n'.repeat(50))
    await client.closed
    expect(client.said().match(/^500 /gm)?.length).toBeLessThan(12)
  })

  test('in commands that lead nowhere is dropped', async () => {
    const port = await listen({ commandBytes: 10_000 })
    const client = await greeted(open(port))
    client.socket.write('NOOP\r\n'.repeat(5_000))
    await client.closed
  })

  test('of recipients that do not exist is dropped, and of others hears that one is enough', async () => {
    const port = await listen()
    const client = await greeted(open(port))
    await say(client, 'EHLO x', 'MAIL FROM:<>', `RCPT TO:<${loop()}>`, `RCPT TO:<${loop()}>`)
    expect(client.said()).toMatch(/452 4\.5\.3/)
    await say(client, 'RSET', 'MAIL FROM:<>')
    client.socket.write(`RCPT TO:<nobody@${DOMAIN}>\r\n`.repeat(30))
    await client.closed
    expect(client.said().match(/^550 /gm)?.length).toBeLessThan(10)
  })

  test('of messages in one connection is told to come again', async () => {
    const port = await listen({ commandBytes: 1_000_000 })
    const client = await greeted(open(port))
    await say(client, 'EHLO x')
    client.socket.write('MAIL FROM:<>\r\nRSET\r\n'.repeat(120))
    await client.closed
    expect(client.said()).toMatch(/421 4\.7\.0/)
  })

  test('about one person is told to come another day', async () => {
    const port = await listen({ commandBytes: 1_000_000 })
    const { ports } = parts.app
    const { store } = ports
    const learner = await store.learners.ensure({ address: 'many@example.test', addressKey: 'many', now: 0 })
    for (let n = 0; n < 100; n += 1)
      await store.transaction((unit) =>
        unit.mailEvents.add(
          {
            source: 'smtp',
            key: `many ${n}`,
            nonce: null,
            sealed: new Uint8Array(),
            learnerId: learner.id,
            addressKey: null,
          },
          ports.clock.now(),
        ),
      )
    const spy = { byId: async () => ({ learnerId: learner.id }) }
    const original = store.deliveries
    Object.assign(store, { deliveries: { ...original, ...spy } })
    const address = returnPathOf(ports.keys, 1, DOMAIN)
    expect(await deliverReport(port, address, complaintReport({}))).toBe(452)
    Object.assign(store, { deliveries: original })
  })
})

describe('STARTTLS', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const cert = selfSigned(rsa, Date.now() - 86_400_000, Date.now() + 86_400_000, 'mx.course.example')
  const tls = { cert, key: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }

  test('with files that are missing or do not belong together does not start, and says which', async () => {
    const folder = parts.dataDir
    const files = { BOUNCE_TLS_CERT_FILE: `${folder}/tls.crt`, BOUNCE_TLS_KEY_FILE: `${folder}/tls.key` }
    const app = await createTestApp({ env: { RETURN_PATH_DOMAIN: DOMAIN, BOUNCE_PORT: '0', ...files } })
    const start = () => app.app.listenForReports()
    try {
      await expect(start()).rejects.toThrow(/^BOUNCE_TLS_CERT_FILE .* cannot be read/)
      await writeFile(files.BOUNCE_TLS_CERT_FILE, 'no certificate')
      await writeFile(files.BOUNCE_TLS_KEY_FILE, tls.key)
      await expect(start()).rejects.toThrow(/^BOUNCE_TLS_CERT_FILE .* does not contain a certificate/)
      const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
      await writeFile(files.BOUNCE_TLS_CERT_FILE, selfSigned(other, Date.now(), Date.now() + 86_400_000))
      await expect(start()).rejects.toMatchObject({
        code: 'misconfigured',
        message: expect.stringContaining('is not the private key'),
      })
      await writeFile(files.BOUNCE_TLS_CERT_FILE, cert)
      expect((await start())?.port).toBeGreaterThan(0)
    } finally {
      await app.close()
    }
  })

  test('is not offered without a certificate', async () => {
    const port = await listen()
    const client = await greeted(open(port))
    await say(client, 'EHLO x')
    expect(client.said()).not.toContain('STARTTLS')
    await say(client, 'STARTTLS')
    expect(client.said()).toMatch(/^500 /m)
  })

  test('protects a report, with the certificate that was given', async () => {
    const port = await listen({}, tls)
    const before = queryRows(parts.dataDir, 'select id from mail_event').length
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      requireTLS: true,
      tls: { ca: cert, servername: 'mx.course.example' },
    })
    const info = await transport.sendMail({
      envelope: { from: '', to: [loop()] },
      raw: complaintReport({ messageId: 'tls@x.example' }),
    })
    transport.close()
    expect(info.response).toMatch(/^250 /)
    expect(queryRows(parts.dataDir, 'select id from mail_event')).toHaveLength(before + 1)
  })

  test('throws away what was said in clear before it, and knows no old version', async () => {
    const port = await listen({}, tls)
    const client = await greeted(open(port))
    await say(client, 'EHLO x')
    expect(client.said()).toContain('STARTTLS')
    const before = client.said().length
    client.socket.write('STARTTLS\r\nMAIL FROM:<injected@example.org>\r\n')
    await waitFor(() => client.said().length > before, 'the answer')
    expect(client.said().slice(before)).toMatch(/^220 [^\r]*\r\n$/)
    client.socket.removeAllListeners('data')
    const secured = connectTls({ socket: client.socket, ca: cert, servername: 'mx.course.example' })
    let text = ''
    secured.on('data', (chunk) => (text += chunk.toString()))
    await new Promise((resolve) => secured.once('secureConnect', resolve))
    expect(secured.getProtocol()).toMatch(/^TLSv1\.[23]$/)
    secured.write('RCPT TO:<x@y.example>\r\n')
    await waitFor(() => text !== '', 'an answer in TLS')
    expect(text).toMatch(/^503 /)
    secured.destroy()
  })

  test('counts the pace of a message as in clear', async () => {
    const port = await listen({ grace: 100, bytesPerSecond: 50, step: 60_000 }, tls)
    const client = await greeted(open(port))
    await say(client, 'EHLO x', 'STARTTLS')
    client.socket.removeAllListeners('data')
    const secured = connectTls({ socket: client.socket, ca: cert, servername: 'mx.course.example' })
    secured.on('error', () => {})
    let text = ''
    secured.on('data', (chunk) => (text += chunk.toString()))
    const dialogue = async (line: string, answer: RegExp) => {
      secured.write(`${line}\r\n`)
      await waitFor(() => answer.test(text), `${line} answered`)
    }
    await dialogue('EHLO x', /^250 /m)
    await dialogue('MAIL FROM:<>', /^250 .*Accepted/m)
    await dialogue(`RCPT TO:<${loop()}>\r\nDATA`, /^354 /m)
    for (let line = 0; line < 40; line += 1) {
      secured.write('a line at a fair pace\r\n')
      await sleep(15)
    }
    await dialogue('.', /^250 .*kept/m)
    await dialogue(`MAIL FROM:<>\r\nRCPT TO:<${loop()}>\r\nDATA`, /354 [\s\S]*354 /)
    await client.closed
  })

  test('whose handshake never ends is dropped', async () => {
    const port = await listen({ step: 300 }, tls)
    const client = await greeted(open(port))
    await say(client, 'EHLO x')
    client.socket.write('STARTTLS\r\n')
    await client.closed
  })
})
