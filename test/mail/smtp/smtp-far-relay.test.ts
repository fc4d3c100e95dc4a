import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createSmtpMailer, type SmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { startDelayedProxy } from '../../support/delayed-proxy.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { type ScriptedMailServer, startScriptedMailServer } from '../../support/scripted-mail-server.ts'

const LATE_MS = 100
const CONNECTIONS = 8
const RAW = Buffer.from(`Subject: hello\r\n\r\n${'A line of the message.\r\n'.repeat(100)}`)

let server: ScriptedMailServer
let proxy: Awaited<ReturnType<typeof startDelayedProxy>>
let mailer: SmtpMailer

beforeEach(async () => {
  server = await startScriptedMailServer(0, ['PIPELINING'])
  proxy = await startDelayedProxy(server.port, LATE_MS)
  const url = `smtp://127.0.0.1:${proxy.port}`
  mailer = createSmtpMailer({
    server: relayAt(url),
    clientName: 'test',
    socketTimeoutMs: 5_000,
    connections: CONNECTIONS,
  })
})
afterEach(async () => {
  await mailer.close()
  await proxy.close()
  await server.close()
})

const send = async (index: number) => {
  const message = { from: 'course@example.test', to: `reader-${index}@example.test`, raw: RAW }
  expect((await mailer.send(message, async () => true)).kind).toBe('accepted')
}
const sendMany = async (count: number): Promise<number> => {
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: count }, (_, index) => send(index)))
  return performance.now() - startedAt
}

test('every reply 100 ms late: connections open side by side, and each takes one message after another without a pause', async () => {
  const opening = await sendMany(CONNECTIONS)
  // Greeting, EHLO and two for the message; connection after connection it would be eight times that.
  expect(opening).toBeLessThan((CONNECTIONS / 2) * 4 * LATE_MS)
  expect(proxy.most()).toBe(CONNECTIONS)
  const alone: number[] = []
  for (let count = 0; count < 5; count += 1) alone.push(await sendMany(1))
  const transaction = alone.toSorted((a, b) => a - b)[2] as number
  // Two replies are waited for: that to the envelope, and that to the message.
  expect(transaction).toBeLessThan(3 * LATE_MS)

  const rounds = 12
  const took = await sendMany(CONNECTIONS * rounds)
  // Among many it is one each, and one more for the first: a message is taken with the same reply that lets the next begin.
  const possible = ((rounds + 1) / 2) * transaction
  expect(possible / took).toBeGreaterThanOrEqual(0.75)
  expect(proxy.most()).toBe(CONNECTIONS)
})
