import { describe, expect, test } from '@jest/globals'
import { classifyReply, type ReplyStage, type ReplyVerdict } from '../../../src/core/delivery/classify-reply.ts'

describe('what an SMTP reply means', () => {
  const table: [stage: ReplyStage, reply: string, verdict: ReplyVerdict][] = [
    ['greeting', '421 4.7.0 Try again later', 'retry'],
    ['greeting', '554 No SMTP service here', 'sender'],
    ['greeting', '554 5.7.1 Your address is listed at zen.spamhaus.example', 'sender'],
    ['ehlo', '550 Invalid HELO name', 'sender'],
    ['ehlo', '421 Too many connections', 'retry'],
    ['tls', '454 4.7.0 TLS not available', 'retry'],
    ['auth', '535 5.7.8 Authentication credentials invalid', 'sender'],
    ['auth', '535 Authentication failed', 'sender'],
    ['auth', '534 5.7.9 Application-specific password required', 'sender'],
    ['auth', '454 4.7.0 Temporary authentication failure', 'retry'],
    ['mail', '530 5.7.0 Authentication required', 'sender'],
    ['mail', '550 5.7.1 Sender address rejected', 'sender'],
    ['mail', '553 5.1.8 Sender domain does not exist', 'sender'],
    ['mail', '552 5.3.4 Message size exceeds fixed limit', 'failed'],
    ['mail', '552 Message size exceeds fixed maximum', 'failed'],
    ['mail', '452 4.3.1 Insufficient system storage', 'retry'],
    ['rcpt', '450 4.2.0 Greylisted, see you in five minutes', 'retry'],
    ['rcpt', '450 4.2.1 The user is receiving mail at a rate that prevents more', 'retry'],
    ['rcpt', '451 4.7.1 Greylisting in action', 'retry'],
    ['rcpt', '452 4.2.2 The email account is over quota', 'mailbox-full'],
    ['rcpt', '452 4.5.3 Too many recipients', 'retry'],
    ['rcpt', '550 5.1.1 <a@b.example>: Recipient address rejected: User unknown', 'dead-address'],
    ['rcpt', '550-5.1.1 The email account that you tried to reach does not exist', 'dead-address'],
    ['rcpt', '5.1.1 no such account', 'dead-address'],
    ['rcpt', '550 5.1.2 Bad destination system', 'dead-address'],
    ['rcpt', '501 5.1.3 Bad recipient address syntax', 'dead-address'],
    ['rcpt', '551 5.1.6 Mailbox has moved', 'dead-address'],
    ['rcpt', '550 5.1.10 RESOLVER.ADR.RecipientNotFound', 'dead-address'],
    ['rcpt', '556 5.1.10 Recipient address has null MX', 'dead-address'],
    ['rcpt', '556 Domain does not accept mail', 'dead-address'],
    ['rcpt', '550 5.2.1 The account is disabled', 'dead-address'],
    ['rcpt', '550 User unknown', 'dead-address'],
    ['rcpt', '550 No such user here', 'dead-address'],
    ['rcpt', '550 unknown user', 'dead-address'],
    ['rcpt', '550 The address does not exist', 'dead-address'],
    ['rcpt', '550 Mailbox not found', 'dead-address'],
    ['rcpt', '550 Account has been closed', 'dead-address'],
    ['rcpt', '552 5.2.2 Mailbox full', 'mailbox-full'],
    ['rcpt', '552 Requested mail action aborted: exceeded storage allocation', 'mailbox-full'],
    ['rcpt', '550 5.2.2 Over quota', 'mailbox-full'],
    ['rcpt', '550 5.7.1 Relaying denied', 'policy'],
    ['rcpt', '550 5.7.26 Unauthenticated mail is not accepted', 'policy'],
    ['rcpt', '550 Relaying denied', 'policy'],
    ['rcpt', '550 Sender address rejected: user unknown', 'policy'],
    ['rcpt', '554 Blocked: listed by dnsbl.example', 'policy'],
    ['rcpt', '550 5.1.7 Bad sender address', 'policy'],
    ['rcpt', '550 Requested action not taken: mailbox unavailable', 'dead-address'],
    ['rcpt', '550 5.4.1 Recipient address rejected: Access denied', 'dead-address'],
    ['rcpt', '554 5.7.1 <a@b.example>: Recipient address rejected: Access denied', 'policy'],
    ['rcpt', '530 5.7.0 Authentication required', 'policy'],
    ['rcpt', '550 Greylisted, try again later', 'retry'],
    ['rcpt', '550 Unrouteable address', 'dead-address'],
    ['mail', '552 5.2.3 Message length exceeds limit', 'failed'],
    ['rcpt', '550 5.4.1 Recipient address rejected', 'dead-address'],
    ['rcpt', '550 5.1.0 Address rejected', 'dead-address'],
    ['data', '354 unexpected here', 'retry'],
    ['data', '554 5.5.1 No valid recipients', 'failed'],
    ['after-dot', '451 4.3.0 Temporary failure', 'retry'],
    ['after-dot', '421 4.7.28 Unusual rate of mail', 'retry'],
    ['after-dot', '550 5.7.26 This mail has been blocked because the sender is unauthenticated', 'policy'],
    ['after-dot', '550-5.7.1 [192.0.2.1] Our system has detected unsolicited mail', 'policy'],
    ['after-dot', '554 5.6.0 Message contains illegal characters', 'policy'],
    ['after-dot', '554 Message rejected as spam', 'policy'],
    ['after-dot', '552 5.7.0 Message blocked for its content', 'policy'],
    ['after-dot', '552 5.2.3 Message length exceeds limit', 'failed'],
    ['after-dot', '552 5.2.2 Mailbox full', 'mailbox-full'],
    ['after-dot', '554 5.1.1 user gone', 'dead-address'],
    ['after-dot', '554 Transaction failed', 'failed'],
    ['after-dot', '554 delivery error: dd This user does not have an account (#5.1.1)', 'dead-address'],
    ['after-dot', '550 from 5.1.1.1 refused', 'failed'],
  ]

  test.each(table)('%s: %s -> %s', (stage, reply, verdict) => {
    const code = /^\d{3}/.test(reply) ? Number(reply.slice(0, 3)) : 550
    expect(classifyReply({ code, text: reply, stage })).toBe(verdict)
  })

  test('does not depend on whether the text includes the code', () => {
    for (const [stage, reply, verdict] of table.filter(([, text]) => /^\d{3} /.test(text))) {
      expect([reply, classifyReply({ code: Number(reply.slice(0, 3)), text: reply.slice(4), stage })]).toEqual([
        reply,
        verdict,
      ])
    }
  })
})
