import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { SmtpResult } from '../../../src/flow/ports/ports.ts'
import { createSmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { startMailServer } from '../../support/mail-server.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { type Action, startScriptedMailServer, type Verb } from '../../support/scripted-mail-server.ts'

const rawOf = (index: number) =>
  Buffer.from(`Message-ID: <${index}>\r\nSubject: ${index}\r\n\r\n${'.a line of the message\r\n'.repeat(index * 20)}`)
const messageOf = (index: number) => ({
  from: 'course@example.test',
  to: `reader-${index}@example.test`,
  raw: rawOf(index),
})

interface Sent {
  readonly index: number
  readonly result: SmtpResult
  readonly marks: number
}

interface Burst {
  readonly count: number
  readonly connections: number
  readonly socketTimeoutMs: number
  /** Messages whose marks are refused. */
  readonly refused?: readonly number[]
}

/** All at once. */
async function sendMany(url: string, { count, connections, socketTimeoutMs, refused = [] }: Burst): Promise<Sent[]> {
  const mailer = createSmtpMailer({ server: relayAt(url), clientName: 'test', socketTimeoutMs, connections })
  const send = async (index: number): Promise<Sent> => {
    let marks = 0
    const result = await mailer.send(messageOf(index), async () => {
      marks += 1
      return !refused.includes(index)
    })
    return { index, result, marks }
  }
  const sent = await Promise.all(Array.from({ length: count }, (_, index) => send(index)))
  await mailer.close()
  return sent
}

test('a burst arrives at smtp-server whole, each message once, over connections that are kept', async () => {
  const server = await startMailServer()
  const sent = await sendMany(server.url, { count: 60, connections: 2, socketTimeoutMs: 30_000 })
  expect(sent.map(({ result, marks }) => [result.kind, marks])).toEqual(sent.map(() => ['accepted', 1]))
  expect(server.accepted).toHaveLength(60)
  for (const { index } of sent) {
    const copies = server.accepted.filter(({ to }) => to === messageOf(index).to)
    expect(copies.map(({ raw }) => raw.equals(rawOf(index)))).toEqual([true])
  }
  await server.close()
})

describe('whatever a relay does in the middle of a burst', () => {
  const verbs: Verb[] = ['greeting', 'mail', 'rcpt', 'data', 'body', 'dot']
  const actions: Action[] = [
    'drop',
    'take-and-drop',
    'silence',
    { reply: '421 4.3.2 closing' },
    { reply: '450 4.2.0 later' },
    { reply: '550 5.1.1 no' },
    { reply: '250 2.0.0 yes' },
    { reply: '354 go on' },
  ]
  const COUNT = 40
  const problems = fc.array(
    fc.record({ verb: fc.constantFrom(...verbs), nth: fc.nat(COUNT), action: fc.constantFrom(...actions) }),
    { minLength: 1, maxLength: 10 },
  )

  test.each([{ pipelining: true }, { pipelining: false }])(
    'each message has one result, and it is true (pipelining $pipelining)',
    async ({ pipelining }) => {
      await fc.assert(
        fc.asyncProperty(problems, fc.array(fc.nat(COUNT), { maxLength: 3 }), async (script, refused) => {
          const server = await startScriptedMailServer(0, pipelining ? ['PIPELINING'] : [])
          const seen = new Map<Verb, number>()
          server.script = (verb) => {
            const nth = seen.get(verb) ?? 0
            seen.set(verb, nth + 1)
            const fault = script.find((one) => one.verb === verb && one.nth === nth)
            return fault === undefined || isLie(fault) ? 'go-on' : fault.action
          }
          try {
            const sent = await sendMany(server.url, { count: COUNT, connections: 3, socketTimeoutMs: 150, refused })
            for (const { index, result, marks } of sent) {
              const copies = server.taken.filter(({ to }) => to === messageOf(index).to)
              expect({ index, result, marks, copies: copies.length }).toEqual({
                index,
                result,
                marks: marksOf(result, marks),
                copies: copiesOf(result, copies.length),
              })
              for (const { raw } of copies) expect(raw.equals(rawOf(index))).toBe(true)
            }
          } finally {
            await server.close()
          }
        }),
        { numRuns: 25 },
      )
    },
  )
})

/** What no sender could see through; and before the dot there is nothing to take. */
function isLie({ verb, action }: { verb: Verb; action: Action }): boolean {
  if (action === 'take-and-drop') return verb !== 'dot'
  if (typeof action === 'string' || !('reply' in action)) return false
  return (verb === 'data' && action.reply.startsWith('3')) || (verb === 'dot' && action.reply.startsWith('2'))
}

/** What the result says of the mark: asked for once, not at all, or either. */
function marksOf(result: SmtpResult, marks: number): number {
  if (result.kind === 'unsendable') return 0
  if (result.kind === 'accepted' || result.kind === 'withdrawn' || result.stage === 'after-dot') return 1
  return result.stage === 'body' ? Math.min(marks, 1) : 0
}

/** What the result says of copies: one, none, or perhaps one. */
function copiesOf(result: SmtpResult, copies: number): number {
  if (result.kind === 'accepted') return 1
  return result.kind === 'lost' && result.stage === 'after-dot' ? Math.min(copies, 1) : 0
}
