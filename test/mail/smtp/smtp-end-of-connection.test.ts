import { afterEach, describe, expect, test } from '@jest/globals'
import type { OutgoingMessage, SmtpResult } from '../../../src/flow/ports/ports.ts'
import { createSmtpMailer, type SmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { type ScriptedMailServer, startScriptedMailServer, type Verb } from '../../support/scripted-mail-server.ts'

const messageOf = (index: number): OutgoingMessage => ({
  from: 'course@example.test',
  to: `reader-${index}@example.test`,
  raw: Buffer.from(`Message-ID: <${index}@example.test>\r\n\r\n${'A line of the message.\r\n'.repeat(200)}`),
})

let server: ScriptedMailServer
let mailer: SmtpMailer
afterEach(async () => {
  await mailer.close()
  await server.close()
})

async function start(pipelining: boolean, connections: number): Promise<void> {
  server = await startScriptedMailServer(0, ['8BITMIME', ...(pipelining ? ['PIPELINING'] : [])])
  mailer = createSmtpMailer({ server: relayAt(server.url), clientName: 'test', socketTimeoutMs: 5_000, connections })
}

/** How often the handover of each message was asked for. */
async function sendAll(count: number): Promise<{ results: SmtpResult[]; handovers: number[] }> {
  const handovers = Array.from({ length: count }, () => 0)
  const results = await Promise.all(
    handovers.map((_, index) =>
      mailer.send(messageOf(index), async () => {
        handovers[index] = (handovers[index] ?? 0) + 1
        return true
      }),
    ),
  )
  return { results, handovers }
}

/** A relay that takes `limit` messages a connection and ends the next one at this verb. */
function endAfter(limit: number, verb: Verb, end: 'drop' | '421' | '450' | '451' | '452'): void {
  const taken = new Map<number, number>()
  server.script = (at, { session }) => {
    const count = taken.get(session) ?? 0
    if (at === 'dot') taken.set(session, count + 1)
    if (at !== verb || count < limit) return 'go-on'
    return end === 'drop' ? 'drop' : { reply: `${end} 4.7.0 too many messages in this connection` }
  }
}

describe.each([{ pipelining: false }, { pipelining: true }])('pipelining $pipelining', ({ pipelining }) => {
  const cases = ([1, 3] as const).flatMap((limit) =>
    ([1, 4] as const).flatMap((connections) =>
      (['mail', 'rcpt', 'data'] as const).flatMap((verb) =>
        (['drop', '421'] as const).map((end) => [limit, connections, verb, end] as const),
      ),
    ),
  )

  test.each(cases)(
    'a relay that takes %i message(s) a connection, %i connection(s), and ends at %s with %s: all arrive at once, each once',
    async (limit, connections, verb, end) => {
      await start(pipelining, connections)
      endAfter(limit, verb, end)
      const { results, handovers } = await sendAll(20)
      expect(results.map(({ kind }) => kind)).toEqual(results.map(() => 'accepted'))
      expect(handovers).toEqual(handovers.map(() => 1))
      expect(new Set(server.taken.map(({ to }) => to)).size).toBe(20)
      expect(server.taken).toHaveLength(20)
    },
  )

  test.each(['450', '451', '452'] as const)(
    'a relay that takes one message a connection and says so with %s to MAIL',
    async (end) => {
      await start(pipelining, 2)
      endAfter(1, 'mail', end)
      const { results } = await sendAll(12)
      expect(results.map(({ kind }) => kind)).toEqual(results.map(() => 'accepted'))
      expect(server.taken).toHaveLength(12)
    },
  )

  test('a refusal of the sender for good is a result, on a used connection too', async () => {
    await start(pipelining, 1)
    const taken = new Set<number>()
    server.script = (at, { session }) => {
      if (at === 'dot') taken.add(session)
      return at === 'mail' && taken.has(session) ? { reply: '550 5.7.1 this sender may not' } : 'go-on'
    }
    const { results } = await sendAll(4)
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'refused', 'accepted', 'refused'])
  })

  test('a relay that ends every connection before its first message: that is a result, after one try', async () => {
    await start(pipelining, 2)
    endAfter(0, 'mail', '421')
    const { results } = await sendAll(4)
    for (const result of results) expect(result).toMatchObject({ kind: 'refused', stage: 'mail', code: 421 })
    expect(server.sessions()).toBe(4)
  })

  test('421 after the final dot is the reply to that message alone', async () => {
    await start(pipelining, 1)
    let isFirst = true
    server.script = (at) => {
      if (at !== 'dot' || !isFirst) return 'go-on'
      isFirst = false
      return { reply: '421 4.3.2 closing' }
    }
    const { results } = await sendAll(5)
    const kinds = results.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'refused')).toHaveLength(1)
    expect(results.find(({ kind }) => kind === 'refused')).toMatchObject({ stage: 'after-dot', code: 421 })
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(4)
  })

  test('what was handed over and not answered is not sent again', async () => {
    await start(pipelining, 1)
    let dots = 0
    server.script = (at) => {
      if (at === 'dot') dots += 1
      return at === 'dot' && dots === 2 ? 'take-and-drop' : 'go-on'
    }
    const { results, handovers } = await sendAll(4)
    expect(results.filter(({ kind }) => kind === 'lost')).toHaveLength(1)
    expect(results.find(({ kind }) => kind === 'lost')).toMatchObject({ stage: 'after-dot' })
    expect(handovers).toEqual([1, 1, 1, 1])
    expect(server.taken).toHaveLength(4)
  })

  test('421 among pipelined replies, after the sender was taken', async () => {
    await start(pipelining, 2)
    endAfter(1, 'rcpt', '421')
    const { results } = await sendAll(9)
    expect(results.every(({ kind }) => kind === 'accepted')).toBe(true)
    expect(server.taken).toHaveLength(9)
  })
})
