import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { dkimVerify } from 'mailauth'
import { createOperatorMail } from '../../../src/mail/message/operator-mail.ts'
import { dkimRecord } from './every-message.ts'

const EMAIL = {
  to: 'owner@example.org',
  subject: 'Your sign-in link – now',
  body: `Here it is:\n\nhttps://course.example/desk/open/${'x'.repeat(43)}\n\n.\nFrom here on: größer = besser`,
  date: Date.parse('2026-11-23T06:00:00Z'),
  messageId: 'a1@course.example',
}
const from = { name: 'Steady “Week”', address: 'course@course.example' }

test('an email to an operator is plain text without the fields of a list, and its bytes need no stuffing', async () => {
  const message = await createOperatorMail({ from }).compose(EMAIL)
  const text = message.raw.toString('latin1')
  expect(message).toMatchObject({ from: from.address, to: EMAIL.to, dotFree: true })
  expect(text).toMatch(/^Auto-Submitted: auto-generated\r\n/m)
  expect(text).toMatch(/^Content-Type: text\/plain; charset=utf-8\r\n/m)
  expect(text).not.toMatch(/^(List-|Feedback-ID)/im)
  expect(text).not.toMatch(/^\.|^From |[^\r]\n|.{79}/m)
})

test.each([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['Ed25519', generateKeyPairSync('ed25519')],
])('is signed by an %s key as every other email', async (_, pair) => {
  const dkim = [{ domain: 'course.example', selector: 's0', key: pair.privateKey }]
  const { raw } = await createOperatorMail({ from, dkim }).compose(EMAIL)
  const resolver = async () => [dkimRecord(pair.publicKey).match(/.{1,255}/g) ?? []]
  const { results } = await dkimVerify(raw, { resolver })
  expect(results.map(({ status }) => status.result)).toEqual(['pass'])
})

test.each(['a@example.org, b@example.org', 'a@example.org\r\nBcc: b@example.org', ''])(
  'refuses the recipient %j',
  (to) =>
    expect(createOperatorMail({ from }).compose({ ...EMAIL, to })).rejects.toMatchObject({ code: 'misconfigured' }),
)
