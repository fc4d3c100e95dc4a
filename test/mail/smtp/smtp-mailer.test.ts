import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { SmtpResult } from '../../../src/flow/ports/ports.ts'
import { createSmtpMailer, type SmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { relayAt } from '../../support/parse-servers.ts'
import {
  type Action,
  type ScriptedMailServer,
  startScriptedMailServer,
  type Verb,
} from '../../support/scripted-mail-server.ts'

const RAW = Buffer.from(
  `Message-ID: <one@test>\r\nSubject: hello\r\n\r\n${'A line of the message.\r\n'.repeat(2_000)}.a dot\r\n..two\r\nend\r\n`,
)
const MESSAGE = { from: 'course@example.test', to: 'reader@example.test', raw: RAW }

let server: ScriptedMailServer
let mailer: SmtpMailer

describe.each([{ pipelining: false }, { pipelining: true }])('a relay, pipelining $pipelining', ({ pipelining }) => {
  beforeEach(async () => {
    server = await startScriptedMailServer(0, ['8BITMIME', 'SIZE 50000000', ...(pipelining ? ['PIPELINING'] : [])])
    mailer = createSmtpMailer({ server: relayAt(server.url), clientName: 'test', socketTimeoutMs: 400, connections: 2 })
  })

  afterEach(async () => {
    await mailer.close()
    await server.close()
  })

  function doAt(verb: Verb, action: Action): void {
    server.script = (at) => (at === verb ? action : 'go-on')
  }

  test('a message arrives as it is, byte for byte, and the reply is kept', async () => {
    let marks = 0
    const result = await mailer.send(MESSAGE, async () => {
      marks += 1
      return true
    })
    expect(result).toEqual({ kind: 'accepted', reply: '250 2.0.0 taken as 1' })
    expect(server.taken).toHaveLength(1)
    expect(server.taken[0]?.raw.equals(RAW)).toBe(true)
    expect(marks).toBe(1)
  })

  test.each<[string, Action, boolean, number]>([
    ['was taken', 'go-on', true, 1],
    ['was refused', { reply: '550 no' }, true, 0],
    ['may have been taken', 'drop', true, 0],
    ['was withdrawn', 'go-on', false, 0],
  ])('its memory serves others once it %s', async (_, atTheDot, mark, expected) => {
    server.script = (at) => (at === 'dot' ? atTheDot : 'go-on')
    let releases = 0
    const release = () => {
      releases += 1
    }
    await mailer.send({ ...MESSAGE, release }, async () => mark)
    expect(releases).toBe(expected)
  })

  test('connections are kept open and used again', async () => {
    for (let i = 0; i < 5; i += 1) await mailer.send(MESSAGE, async () => true)
    expect(server.taken).toHaveLength(5)
    expect(server.sessions()).toBe(1)
  })

  describe('the server drops the connection', () => {
    const stages: [Verb, SmtpResult['kind'], string, number][] = [
      ['greeting', 'lost', 'connect', 0],
      ['ehlo', 'lost', 'connect', 0],
      ['mail', 'lost', 'mail', 0],
      ['rcpt', 'lost', 'mail', 0],
      ['data', 'lost', 'mail', 0],
      ['body', 'lost', 'body', 0],
      ['dot', 'lost', 'after-dot', 1],
    ]
    test.each(stages)('at %s: %s at %s, and the mark was made %i times', async (verb, kind, stage, expectedMarks) => {
      doAt(verb, 'drop')
      let marks = 0
      const result = await mailer.send(MESSAGE, async () => {
        marks += 1
        // The drop in the body reaches the sender while it asks whether to go on.
        if (verb === 'body') await new Promise((resolve) => setTimeout(resolve, 50))
        return verb !== 'body'
      })
      expect({ kind: result.kind, stage: 'stage' in result ? result.stage : '' }).toEqual({ kind, stage })
      if (verb !== 'body') expect(marks).toBe(expectedMarks)
      expect(server.taken).toHaveLength(0)
    })
  })

  test('a server that takes the message and never answers leaves it ambiguous after the silence', async () => {
    doAt('dot', 'silence')
    const result = await mailer.send(MESSAGE, async () => true)
    expect(result).toMatchObject({ kind: 'lost', stage: 'after-dot' })
    expect(server.taken).toHaveLength(1)
  })

  test('a refused mark drops the connection, and the server never has the whole message', async () => {
    const result = await mailer.send(MESSAGE, async () => false)
    expect(result).toEqual({ kind: 'withdrawn' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.taken).toHaveLength(0)
    // The next message needs a new connection and gets one.
    expect((await mailer.send(MESSAGE, async () => true)).kind).toBe('accepted')
    expect(server.sessions()).toBe(2)
  })

  test('a mark that cannot be made, because the database is away, sends nothing', async () => {
    const result = await mailer.send(MESSAGE, async () => {
      throw new Error('database is locked')
    })
    expect(result).toEqual({ kind: 'withdrawn' })
    expect(server.taken).toHaveLength(0)
  })

  describe('the server refuses', () => {
    const replies: [Verb, string, string, number][] = [
      ['greeting', '554 5.7.1 not you', 'greeting', 554],
      ['mail', '451 4.3.0 later', 'mail', 451],
      ['mail', '550 5.7.26 unauthenticated', 'mail', 550],
      ['rcpt', '450 4.2.0 greylisted', 'rcpt', 450],
      ['rcpt', '550 5.1.1 no such user', 'rcpt', 550],
      ['data', '452 4.3.1 full', 'data', 452],
      ['dot', '552 5.2.2 mailbox full', 'after-dot', 552],
      ['dot', '421 4.7.0 too many', 'after-dot', 421],
    ]
    test.each(replies)('at %s with "%s"', async (verb, reply, stage, code) => {
      doAt(verb, { reply })
      const result = await mailer.send(MESSAGE, async () => true)
      expect(result).toMatchObject({ kind: 'refused', stage, code })
      expect(server.taken).toHaveLength(0)
    })

    test('after a refused recipient the same connection takes the next message', async () => {
      let refusals = 0
      server.script = (verb) => {
        if (verb !== 'rcpt' || refusals > 0) return 'go-on'
        refusals += 1
        return { reply: '550 5.1.1 no such user' }
      }
      expect((await mailer.send(MESSAGE, async () => true)).kind).toBe('refused')
      expect((await mailer.send(MESSAGE, async () => true)).kind).toBe('accepted')
      expect(server.taken).toHaveLength(1)
    })
  })

  test('a kept connection that the server closed while idle is replaced without a word', async () => {
    await mailer.send(MESSAGE, async () => true)
    let dropped = false
    server.script = (verb) => {
      if (verb !== 'mail' || dropped) return 'go-on'
      dropped = true
      return 'drop'
    }
    expect((await mailer.send(MESSAGE, async () => true)).kind).toBe('accepted')
    expect(server.taken).toHaveLength(2)
  })

  test('a relay that is not there is lost at connect', async () => {
    await server.close()
    const result = await mailer.send(MESSAGE, async () => true)
    expect(result).toMatchObject({ kind: 'lost', stage: 'connect' })
  })
})
