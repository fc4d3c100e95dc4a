import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { deliveryTag, returnPathOf } from '../../../src/core/reports/return-address.ts'
import { snsTextToSign } from '../../../src/core/reports/sns.ts'
import { allRows, changeDatabase, queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { rowsOf, statesOf, suppressionOf } from '../../support/database/delivery-rows.ts'
import { selfSigned } from '../../support/self-signed.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { waitFor } from '../../support/wait-for.ts'

const DOMAIN = 'bounces.course.example'
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:mail'
const CERTIFICATE = 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123.pem'
const SUBSCRIBE = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc'
const LOGIN = 'reports:a-password-of-length'
const MAILGUN_KEY = 'key-0123456789abcdef'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.parse('2026-03-02T09:00:00Z')

const amazon = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const sendgrid = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const otherEc = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })

let parts: TestApp
/** What the network has; addresses asked for. */
const network = new Map<string, string>()
const fetched: string[] = []
const logged: unknown[] = []

beforeAll(async () => {
  network.set(CERTIFICATE, selfSigned(amazon, START - 24 * HOUR, START + 365 * 24 * HOUR))
  network.set(SUBSCRIBE, '<ConfirmSubscriptionResponse/>')
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: {
      COURSE: 'three-days',
      RETURN_PATH_DOMAIN: DOMAIN,
      SES_TOPIC_ARNS: TOPIC,
      POSTMARK_WEBHOOK_LOGIN: LOGIN,
      MAILGUN_SIGNING_KEY: MAILGUN_KEY,
      SENDGRID_VERIFICATION_KEY: sendgrid.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    },
    overrides: {
      lessonsDir: FIXTURE_COURSES,
      fetchTrusted: async (address) => {
        fetched.push(address)
        const found = network.get(address)
        if (found === undefined) throw new Error('The network has no such thing.')
        return found
      },
    },
    worker: true,
  })
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    jest.spyOn(parts.app.log, level).mockImplementation((...facts: unknown[]) => void logged.push(facts))
})

afterAll(() => parts?.close())

beforeEach(() => {
  logged.length = 0
  fetched.length = 0
  // So many complaints would pause all sending.
  changeDatabase(parts.dataDir, 'delete from mail_day')
})

interface Learner {
  readonly address: string
  readonly deliveryId: number
  readonly messageId: string
}

async function joinAs(name: string): Promise<Learner> {
  const { address } = await join(parts, `${name}@example.test`)
  // The mail is here before its row says so.
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const [row] = rowsOf(parts, address)
  return { address, deliveryId: Number(row?.id), messageId: String(row?.message_id) }
}

const events = () => queryRows(parts.dataDir, 'select id from mail_event').length

const applied = () =>
  waitFor(
    () => queryRows(parts.dataDir, 'select id from mail_event where applied_at is null').length === 0,
    'every event applied',
  )

async function post(provider: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(`${parts.url}/hooks/${provider}`, { method: 'POST', body, headers })
  await response.arrayBuffer()
  return response.status
}

/** Refused with this status, nothing changed, and a line in the log that names nobody. */
async function expectRefused(status: number, request: () => Promise<number>, address: string): Promise<void> {
  await applied()
  const before = rows()
  logged.length = 0
  expect(await request()).toBe(status)
  expect(rows()).toEqual(before)
  const text = JSON.stringify(logged)
  expect(text).toContain('webhook rejected')
  expect(text).not.toContain(address)
  expect(text).not.toContain('@')
}

/** Everything but the numbers that were given out and not used. */
function rows() {
  const { sqlite_sequence: _ids, ...rest } = allRows(parts.dataDir)
  return rest
}

let ids = 0
const nextId = () => `event-${++ids}`
const seconds = (ms: number) => String(Math.floor(ms / 1000))

describe('Amazon SES by way of SNS', () => {
  type Envelope = Record<string, string>

  function envelope(message: unknown, changes: Envelope = {}): Envelope {
    return {
      Type: 'Notification',
      MessageId: nextId(),
      TopicArn: TOPIC,
      Message: JSON.stringify(message),
      Timestamp: new Date(parts.clock.now()).toISOString(),
      SignatureVersion: '2',
      SigningCertURL: CERTIFICATE,
      ...changes,
    }
  }

  function signed(unsigned: Envelope, key: KeyObject = amazon.privateKey): string {
    const hash = unsigned.SignatureVersion === '1' ? 'sha1' : 'sha256'
    const text = snsTextToSign(unsigned as never)
    return JSON.stringify({ ...unsigned, Signature: sign(hash, Buffer.from(text), key).toString('base64') })
  }

  const bounceOf = ({ deliveryId }: Learner, bounce: object) => ({
    notificationType: 'Bounce',
    bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: [], ...bounce },
    mail: { source: returnPathOf(parts.app.ports.keys, deliveryId, DOMAIN) },
  })

  test.each(['1', '2'])('a bounce signed by version %s is applied', async (version) => {
    const learner = await joinAs(`ses-${version}`)
    const body = signed(envelope(bounceOf(learner, {}), { SignatureVersion: version, Subject: 'Bounce' }))
    expect(await post('ses', body, { 'Content-Type': 'text/plain; charset=UTF-8' })).toBe(200)
    await applied()
    expect(suppressionOf(parts, learner.address)).toEqual(['dead-address'])
    expect(statesOf(parts, learner.address)).toEqual(['sent', 'cancelled', 'cancelled'])
  })

  test('the text that is signed is the one Amazon documents', () => {
    const fields = envelope('hello', {
      Subject: 'My subject',
      MessageId: 'id-1',
      Timestamp: '2026-03-02T09:00:00.000Z',
    })
    expect(snsTextToSign({ ...fields, Message: 'hello' } as never)).toBe(
      `Message\nhello\nMessageId\nid-1\nSubject\nMy subject\nTimestamp\n2026-03-02T09:00:00.000Z\nTopicArn\n${TOPIC}\nType\nNotification\n`,
    )
  })

  test('a complaint known by the Message-ID among the original headers is applied', async () => {
    const { address, messageId } = await joinAs('ses-complaint')
    const message = {
      eventType: 'Complaint',
      complaint: { complaintFeedbackType: 'abuse' },
      mail: { source: 'course@bootcamp.example', headers: [{ name: 'Message-ID', value: `<${messageId}>` }] },
    }
    expect(await post('ses', signed(envelope(message)))).toBe(200)
    await applied()
    expect(suppressionOf(parts, address)).toEqual(['complaint'])
  })

  test('a subscription of a topic of ours is confirmed, of another one never', async () => {
    const confirm = { Type: 'SubscriptionConfirmation', Token: 'abc', SubscribeURL: SUBSCRIBE }
    expect(await post('ses', signed(envelope('please confirm', confirm)))).toBe(200)
    await waitFor(() => fetched.includes(SUBSCRIBE), 'the confirmation')
    fetched.length = 0
    const elsewhere = { ...confirm, SubscribeURL: 'https://sns.evil.example/' }
    const request = () => post('ses', signed(envelope('please confirm', elsewhere)))
    await expectRefused(403, request, 'evil')
    expect(fetched).toEqual([])
  })

  test.each<[string, (fine: Envelope) => string]>([
    ['signed by somebody else', (fine) => signed(fine, stranger.privateKey)],
    ['changed after it was signed', (fine) => signed(fine).replace('Permanent', 'Transient')],
    ['of another topic', (fine) => signed({ ...fine, TopicArn: `${TOPIC}-other` })],
    [
      'of an hour and a half ago',
      (fine) => signed({ ...fine, Timestamp: new Date(parts.clock.now() - 90 * MINUTE).toISOString() }),
    ],
    [
      'from the future',
      (fine) => signed({ ...fine, Timestamp: new Date(parts.clock.now() + 10 * MINUTE).toISOString() }),
    ],
    [
      'with a certificate of another host',
      (fine) => signed({ ...fine, SigningCertURL: 'https://sns.eu-central-1.amazonaws.com.evil.example/a.pem' }),
    ],
    [
      'with a certificate in somebody’s bucket',
      (fine) => signed({ ...fine, SigningCertURL: 'https://bucket.s3.amazonaws.com/a.pem' }),
    ],
    [
      'with a certificate by plain http',
      (fine) => signed({ ...fine, SigningCertURL: CERTIFICATE.replace('https', 'http') }),
    ],
  ])('one %s is refused with 403', async (what, forge) => {
    const learner = await joinAs(`ses-forged-${what.replace(/[^a-z]+/g, '-')}`)
    await expectRefused(403, () => post('ses', forge(envelope(bounceOf(learner, {})))), learner.address)
    // Whatever the address of the certificate says, only SNS itself is asked.
    expect(fetched.every((address) => address === CERTIFICATE)).toBe(true)
  })

  test('one whose certificate has run out is refused', async () => {
    const url = CERTIFICATE.replace('0123', 'old')
    network.set(url, selfSigned(amazon, START - 48 * HOUR, START - 24 * HOUR))
    const learner = await joinAs('ses-old')
    const body = signed(envelope(bounceOf(learner, {}), { SigningCertURL: url }))
    await expectRefused(403, () => post('ses', body), learner.address)
  })

  test('while the certificate cannot be had, SNS is asked to come again', async () => {
    const learner = await joinAs('ses-later')
    const body = signed(envelope(bounceOf(learner, {}), { SigningCertURL: CERTIFICATE.replace('0123', 'away') }))
    expect(await post('ses', body)).toBe(503)
    expect(suppressionOf(parts, learner.address)).toEqual([])
  })

  test('a changed return path changes nothing', async () => {
    const learner = await joinAs('ses-mac')
    const source = `bounce+${learner.deliveryId}-aaaaaaaaaaaaaaaa@${DOMAIN}`
    const message = {
      ...bounceOf(learner, {}),
      mail: { source, headers: [{ name: 'Message-ID', value: `<${learner.messageId}>` }] },
    }
    expect(await post('ses', signed(envelope(message)))).toBe(200)
    await applied()
    expect(suppressionOf(parts, learner.address)).toEqual([])
    expect(JSON.stringify(logged)).toContain('it refers to no known delivery')
  })
})

describe('Postmark', () => {
  const basic = (login: string) => ({ Authorization: `Basic ${Buffer.from(login).toString('base64')}` })
  const bounceOf = ({ deliveryId, address }: Learner, changes: object = {}) =>
    JSON.stringify({
      RecordType: 'Bounce',
      ID: ++ids,
      Type: 'HardBounce',
      Details: 'smtp;550 5.1.1 user unknown',
      Email: address,
      Metadata: { delivery: deliveryTag(parts.app.ports.keys, deliveryId) },
      ...changes,
    })

  test('its mails carry the tag that its webhooks give back', async () => {
    const { address, deliveryId } = await joinAs('postmark-tag')
    const [, lesson] = await parts.mail.waitForMail(address, 2)
    const header = lesson?.mail.headers.find(({ key }) => key === 'x-pm-metadata-delivery')
    expect(header?.value).toBe(deliveryTag(parts.app.ports.keys, deliveryId))
  })

  test('a bounce of who knows the password is applied, once however often it is told', async () => {
    const learner = await joinAs('postmark')
    const body = bounceOf(learner)
    const before = events()
    for (let time = 0; time < 3; time += 1) expect(await post('postmark', body, basic(LOGIN))).toBe(200)
    await applied()
    expect(events()).toBe(before + 1)
    expect(suppressionOf(parts, learner.address)).toEqual(['dead-address'])
  })

  test('a complaint is applied; a holiday answer is not one', async () => {
    const learner = await joinAs('postmark-complaint')
    expect(await post('postmark', bounceOf(learner, { Type: 'AutoResponder' }), basic(LOGIN))).toBe(200)
    await applied()
    expect(suppressionOf(parts, learner.address)).toEqual([])
    expect(await post('postmark', bounceOf(learner, { RecordType: 'SpamComplaint' }), basic(LOGIN))).toBe(200)
    await applied()
    expect(suppressionOf(parts, learner.address)).toEqual(['complaint'])
  })

  test('without the password, or with another one, it is refused with 401', async () => {
    const learner = await joinAs('postmark-forged')
    await expectRefused(401, () => post('postmark', bounceOf(learner)), learner.address)
    await expectRefused(401, () => post('postmark', bounceOf(learner), basic('reports:guess')), learner.address)
  })

  test('what is no event is refused with 400, and what is too large with 413', async () => {
    await expectRefused(400, () => post('postmark', '{"RecordType":', basic(LOGIN)), 'nobody')
    const before = events()
    expect(await post('postmark', 'x'.repeat(7_000_000), basic(LOGIN))).toBe(413)
    expect(events()).toBe(before)
  })
})

describe('Mailgun', () => {
  interface Choices {
    readonly key?: string
    readonly token?: string
    readonly at?: number
    readonly id?: string
    readonly data?: object
  }

  function webhook({ messageId, address }: Learner, choices: Choices = {}): string {
    const { key = MAILGUN_KEY, token = nextId().padEnd(50, 'x'), at = parts.clock.now(), id = nextId() } = choices
    const timestamp = seconds(at)
    const signature = createHmac('sha256', key)
      .update(timestamp + token)
      .digest('hex')
    return JSON.stringify({
      signature: { token, timestamp, signature },
      'event-data': {
        id,
        event: 'failed',
        severity: 'permanent',
        reason: 'generic',
        recipient: address,
        message: { headers: { 'message-id': messageId } },
        'delivery-status': { code: 550, message: '5.1.1 The email account that you tried to reach does not exist' },
        ...choices.data,
      },
    })
  }

  test('a failure that is signed is applied', async () => {
    const learner = await joinAs('mailgun')
    expect(await post('mailgun', webhook(learner))).toBe(200)
    await applied()
    expect(suppressionOf(parts, learner.address)).toEqual(['dead-address'])
  })

  test('a failure that Mailgun itself tries again harms nobody', async () => {
    const learner = await joinAs('mailgun-soft')
    expect(await post('mailgun', webhook(learner, { data: { severity: 'temporary' } }))).toBe(200)
    await applied()
    expect(suppressionOf(parts, learner.address)).toEqual([])
    expect(statesOf(parts, learner.address)).toEqual(['sent', 'planned', 'planned'])
  })

  test('one who unsubscribes there is stopped here', async () => {
    const learner = await joinAs('mailgun-stop')
    expect(await post('mailgun', webhook(learner, { data: { event: 'unsubscribed' } }))).toBe(200)
    await applied()
    expect(statesOf(parts, learner.address)).toEqual(['sent', 'cancelled', 'cancelled'])
    expect(suppressionOf(parts, learner.address)).toEqual([])
  })

  test('a token that was used is refused with 406, whatever comes with it', async () => {
    const [first, second] = [await joinAs('mailgun-first'), await joinAs('mailgun-second')]
    const token = 'a-token-of-mailgun'
    expect(await post('mailgun', webhook(first, { token, data: { event: 'opened' } }))).toBe(200)
    await expectRefused(406, () => post('mailgun', webhook(second, { token })), second.address)
  })

  test('the same event under a new token is kept once', async () => {
    const learner = await joinAs('mailgun-again')
    const before = events()
    for (let time = 0; time < 3; time += 1) expect(await post('mailgun', webhook(learner, { id: 'same' }))).toBe(200)
    expect(events()).toBe(before + 1)
  })

  test.each<[string, Choices]>([
    ['signed with another key', { key: 'key-of-somebody-else' }],
    ['of ten hours ago', { at: START - 10 * HOUR }],
    ['from the future', { at: START + HOUR }],
  ])('one %s is refused with 403', async (what, choices) => {
    const learner = await joinAs(`mailgun-${what.replace(/[^a-z]+/g, '-')}`)
    await expectRefused(403, () => post('mailgun', webhook(learner, choices)), learner.address)
  })
})

describe('SendGrid', () => {
  function headers(body: string, at = parts.clock.now(), key: KeyObject = sendgrid.privateKey) {
    const timestamp = seconds(at)
    return {
      'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
      'X-Twilio-Email-Event-Webhook-Signature': sign('sha256', Buffer.from(timestamp + body), key).toString('base64'),
    }
  }

  const eventOf = ({ messageId, address }: Learner, changes: object) => ({
    email: address,
    'smtp-id': `<${messageId}>`,
    sg_event_id: nextId(),
    ...changes,
  })

  test('several events of one request are applied, each once', async () => {
    const [dead, angry, late] = [await joinAs('sendgrid-1'), await joinAs('sendgrid-2'), await joinAs('sendgrid-3')]
    const body = JSON.stringify([
      eventOf(dead, { event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no such user' }),
      eventOf(angry, { event: 'spamreport' }),
      eventOf(late, { event: 'deferred', response: '451 later' }),
    ])
    const before = events()
    for (let time = 0; time < 2; time += 1) expect(await post('sendgrid', body, headers(body))).toBe(200)
    await applied()
    expect(events()).toBe(before + 3)
    expect(suppressionOf(parts, dead.address)).toEqual(['dead-address'])
    expect(suppressionOf(parts, angry.address)).toEqual(['complaint'])
    expect(suppressionOf(parts, late.address)).toEqual([])
  })

  test('an event of an unknown message changes nothing', async () => {
    const body = JSON.stringify([
      { event: 'bounce', type: 'bounce', sg_event_id: nextId(), 'smtp-id': '<no@such.example>' },
    ])
    expect(await post('sendgrid', body, headers(body))).toBe(200)
    await applied()
    expect(JSON.stringify(logged)).toContain('it refers to no known delivery')
  })

  test('unsigned 401; signed by another, changed, or out of its time 403', async () => {
    const learner = await joinAs('sendgrid-forged')
    const body = JSON.stringify([eventOf(learner, { event: 'spamreport' })])
    const now = parts.clock.now()
    await expectRefused(401, () => post('sendgrid', body), learner.address)
    await expectRefused(403, () => post('sendgrid', body, headers(body, now, otherEc.privateKey)), learner.address)
    await expectRefused(403, () => post('sendgrid', body.replace('[', '[ '), headers(body)), learner.address)
    await expectRefused(403, () => post('sendgrid', body, headers(body, now - 26 * HOUR)), learner.address)
    await expectRefused(
      403,
      () =>
        post('sendgrid', body, {
          ...headers(body),
          'X-Twilio-Email-Event-Webhook-Timestamp': String(Number(seconds(now)) + 1),
        }),
      learner.address,
    )
  })
})

describe('what names a person and no message', () => {
  type Tell = (address: string, changes?: { kind: 'complaint' | 'bounce' | 'soft' | 'unsubscribe' }) => Promise<number>

  const postmark = (body: unknown) =>
    post('postmark', typeof body === 'string' ? body : JSON.stringify(body), {
      Authorization: `Basic ${Buffer.from(LOGIN).toString('base64')}`,
    })

  function mailgun(data: object): Promise<number> {
    const [token, timestamp] = [nextId(), seconds(parts.clock.now())]
    const signature = createHmac('sha256', MAILGUN_KEY)
      .update(timestamp + token)
      .digest('hex')
    return post('mailgun', JSON.stringify({ signature: { token, timestamp, signature }, 'event-data': data }))
  }

  function sendgridRaw(body: string): Promise<number> {
    const timestamp = seconds(parts.clock.now())
    return post('sendgrid', body, {
      'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
      'X-Twilio-Email-Event-Webhook-Signature': sign(
        'sha256',
        Buffer.from(timestamp + body),
        sendgrid.privateKey,
      ).toString('base64'),
    })
  }

  function ses(message: unknown): Promise<number> {
    const unsigned = {
      Type: 'Notification',
      MessageId: nextId(),
      TopicArn: TOPIC,
      Message: typeof message === 'string' ? message : JSON.stringify(message),
      Timestamp: new Date(parts.clock.now()).toISOString(),
      SignatureVersion: '2',
      SigningCertURL: CERTIFICATE,
    }
    const Signature = sign('sha256', Buffer.from(snsTextToSign(unsigned as never)), amazon.privateKey)
    return post('ses', JSON.stringify({ ...unsigned, Signature: Signature.toString('base64'), Subject: null }))
  }

  const PROVIDERS: Readonly<Record<string, Tell>> = {
    postmark: (address, { kind } = { kind: 'complaint' }) =>
      postmark(
        {
          complaint: { RecordType: 'SpamComplaint', ID: ++ids, Email: address, Details: null, Metadata: null },
          bounce: { RecordType: 'Bounce', ID: ++ids, Type: 'HardBounce', Email: address, Details: null },
          soft: { RecordType: 'Bounce', ID: ++ids, Type: 'SoftBounce', Email: address },
          unsubscribe: { RecordType: 'SubscriptionChange', Recipient: address, SuppressSending: true },
        }[kind],
      ),
    mailgun: (address, { kind } = { kind: 'complaint' }) =>
      mailgun({
        id: nextId(),
        recipient: address,
        message: null,
        'delivery-status': null,
        reason: null,
        ...{
          complaint: { event: 'complained' },
          bounce: { event: 'failed', severity: 'permanent', reason: 'suppress-bounce' },
          soft: { event: 'failed', severity: 'temporary' },
          unsubscribe: { event: 'unsubscribed' },
        }[kind],
      }),
    sendgrid: (address, { kind } = { kind: 'complaint' }) =>
      sendgridRaw(
        JSON.stringify([
          {
            email: address,
            sg_event_id: nextId(),
            'smtp-id': null,
            type: null,
            ...{
              complaint: { event: 'spamreport' },
              bounce: { event: 'bounce', type: 'bounce', reason: '550 5.1.1 no such user', status: '5.1.1' },
              soft: { event: 'deferred' },
              unsubscribe: { event: 'group_unsubscribe' },
            }[kind],
          },
        ]),
      ),
    ses: (address, { kind } = { kind: 'complaint' }) =>
      ses(
        {
          complaint: {
            notificationType: 'Complaint',
            mail: { source: 'course@bootcamp.example', headers: null, destination: [address] },
            complaint: { complainedRecipients: [{ emailAddress: address }], complaintFeedbackType: null },
          },
          bounce: {
            notificationType: 'Bounce',
            mail: null,
            bounce: { bounceType: 'Permanent', bounceSubType: null, bouncedRecipients: [{ emailAddress: address }] },
          },
          soft: {
            notificationType: 'Bounce',
            bounce: { bounceType: 'Transient', bouncedRecipients: [{ emailAddress: address }] },
          },
          unsubscribe: {
            eventType: 'Subscription',
            mail: { destination: [address] },
            subscription: { newTopicPreferences: { unsubscribeAll: true } },
          },
        }[kind],
      ),
  }

  const stateOf = (address: string) =>
    queryRows(
      parts.dataDir,
      'select e.state from enrolment e join learner l on l.id = e.learner_id where l.address = ?',
      address,
    )[0]?.state

  describe.each(Object.entries(PROVIDERS))('by %s', (provider, tell) => {
    test('a complaint stops every course and suppresses, in whatever spelling the address comes', async () => {
      const { address } = await joinAs(`person-${provider}-complaint`)
      expect(await tell(address.toUpperCase(), { kind: 'complaint' })).toBe(200)
      await applied()
      expect({ state: stateOf(address), suppressed: suppressionOf(parts, address) }).toEqual({
        state: 'stopped',
        suppressed: ['complaint'],
      })
      expect(statesOf(parts, address)).toEqual(['sent', 'cancelled', 'cancelled'])
    })

    test('a bounce for good suppresses, and one that may pass changes nothing', async () => {
      const { address } = await joinAs(`person-${provider}-bounce`)
      expect(await tell(address, { kind: 'soft' })).toBe(200)
      await applied()
      expect(statesOf(parts, address)).toEqual(['sent', 'planned', 'planned'])
      expect(await tell(address, { kind: 'bounce' })).toBe(200)
      await applied()
      expect(suppressionOf(parts, address)).toEqual(['dead-address'])
      expect(statesOf(parts, address)).toEqual(['sent', 'cancelled', 'cancelled'])
    })

    test('who unsubscribes there is stopped here, and not suppressed', async () => {
      const { address } = await joinAs(`person-${provider}-unsubscribe`)
      expect(await tell(address, { kind: 'unsubscribe' })).toBe(200)
      await applied()
      expect({ state: stateOf(address), suppressed: suppressionOf(parts, address) }).toEqual({
        state: 'stopped',
        suppressed: [],
      })
      expect(statesOf(parts, address)).toEqual(['sent', 'cancelled', 'cancelled'])
    })

    test('somebody unknown changes nothing', async () => {
      const before = queryRows(parts.dataDir, 'select address_key from suppression').length
      expect(await tell('nobody-here@example.test', { kind: 'complaint' })).toBe(200)
      await applied()
      expect(queryRows(parts.dataDir, 'select address_key from suppression')).toHaveLength(before)
      expect(JSON.stringify(logged)).not.toContain('nobody-here')
    })
  })

  test('told in several ways and orders, one complaint counts once for the reputation', async () => {
    const { address } = await joinAs('person-counted')
    const count = () => Number(queryRows(parts.dataDir, 'select sum(complained) as n from mail_day')[0]?.n)
    const before = count()
    for (const tell of Object.values(PROVIDERS)) await tell(address, { kind: 'complaint' })
    await postmark({
      RecordType: 'SubscriptionChange',
      Recipient: address,
      SuppressSending: true,
      SuppressionReason: 'SpamComplaint',
    })
    await applied()
    expect(count()).toBe(before + 1)
  })

  test('a message that is named and is none sent from here is another service’s: its recipient is left alone', async () => {
    const { address } = await joinAs('person-elsewhere')
    const elsewhere = {
      event: 'complained',
      id: nextId(),
      recipient: address,
      message: { headers: { 'message-id': 'x@other.example' } },
    }
    expect(await mailgun(elsewhere)).toBe(200)
    await applied()
    expect(suppressionOf(parts, address)).toEqual([])
    expect(stateOf(address)).toBe('active')
  })

  test('several recipients of one message are nobody in particular', async () => {
    const { address } = await joinAs('person-several')
    const recipients = [{ emailAddress: address }, { emailAddress: 'other@example.test' }]
    expect(await ses({ notificationType: 'Complaint', complaint: { complainedRecipients: recipients } })).toBe(200)
    await applied()
    expect(suppressionOf(parts, address)).toEqual([])
  })

  describe('a change of subscription at Postmark', () => {
    const change = (address: string, changes: object = {}) => ({
      RecordType: 'SubscriptionChange',
      MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
      ServerID: 123456,
      MessageStream: 'outbound',
      ChangedAt: new Date(parts.clock.now() + ++ids * 1_000).toISOString(),
      Recipient: address,
      Origin: 'Recipient',
      SuppressSending: true,
      SuppressionReason: 'ManualSuppression',
      Tag: null,
      Metadata: {},
      ...changes,
    })

    test.each([
      ['ManualSuppression', []],
      ['HardBounce', ['dead-address']],
      ['SpamComplaint', ['complaint']],
      [null, []],
    ])('that suppresses for %s stops the course', async (SuppressionReason, suppressed) => {
      const { address } = await joinAs(`change-${SuppressionReason}`)
      expect(await postmark(change(address, { SuppressionReason }))).toBe(200)
      await applied()
      expect({ state: stateOf(address), suppressed: suppressionOf(parts, address) }).toEqual({
        state: 'stopped',
        suppressed,
      })
    })

    test('that names a delivery stops all the same, and one that lifts the suppression starts nothing', async () => {
      const { address, deliveryId } = await joinAs('change-named')
      const Metadata = { delivery: deliveryTag(parts.app.ports.keys, deliveryId) }
      expect(await postmark(change(address, { Recipient: null, Metadata }))).toBe(200)
      expect(await postmark(change(address, { SuppressSending: false, SuppressionReason: null }))).toBe(200)
      await applied()
      expect(stateOf(address)).toBe('stopped')
    })

    test('comes any number of times for one message, and each counts', async () => {
      const { address } = await joinAs('change-again')
      const lifted = change(address, { SuppressSending: false })
      for (const body of [lifted, lifted, change(address)]) expect(await postmark(body)).toBe(200)
      await applied()
      expect(stateOf(address)).toBe('stopped')
    })
  })

  describe('an identifier beyond 2^53', () => {
    test('is another one when its last digit is another one', async () => {
      const [first, second] = [await joinAs('wide-1'), await joinAs('wide-2')]
      const body = (id: string, address: string) =>
        `{"RecordType":"SpamComplaint","ID":${id},"Email":${JSON.stringify(address)}}`
      expect(await postmark(body('9007199254740993', first.address))).toBe(200)
      expect(await postmark(body('9007199254740992', second.address))).toBe(200)
      await applied()
      expect([suppressionOf(parts, first.address), suppressionOf(parts, second.address)]).toEqual([
        ['complaint'],
        ['complaint'],
      ])
      const keys = queryRows(
        parts.dataDir,
        "select event_key from mail_event where event_key like '%90071992547409%' order by id",
      )
      expect(keys.map((row) => row.event_key)).toEqual([
        'SpamComplaint 9007199254740993',
        'SpamComplaint 9007199254740992',
      ])
    })

    test('and one of forty digits are kept exactly, by SendGrid and Mailgun too', async () => {
      const wide = '1234567890123456789012345678901234567890'
      const body = `[{"event":"open","sg_event_id":${wide}},{"event":"open","sg_event_id":${wide}1}]`
      expect(await sendgridRaw(body)).toBe(200)
      const [token, timestamp] = [nextId(), seconds(parts.clock.now())]
      const signature = createHmac('sha256', MAILGUN_KEY)
        .update(timestamp + token)
        .digest('hex')
      const data = `{"signature":${JSON.stringify({ token, timestamp, signature })},"event-data":{"event":"opened","id":${wide}}}`
      expect(await post('mailgun', data)).toBe(200)
      await applied()
      const kept = queryRows(
        parts.dataDir,
        'select source, event_key from mail_event where event_key like ? order by id',
        `${wide}%`,
      )
      expect(kept).toEqual([
        { source: 'sendgrid', event_key: wide },
        { source: 'sendgrid', event_key: `${wide}1` },
        { source: 'mailgun', event_key: wide },
      ])
    })
  })

  test('unknown, broken and doubled events in a batch lose none of the others', async () => {
    const [first, last] = [await joinAs('batch-1'), await joinAs('batch-2')]
    const complaint = ({ address }: Learner) => ({ event: 'spamreport', sg_event_id: nextId(), email: address })
    const doubled = complaint(first)
    const list = [
      null,
      7,
      'text',
      [],
      {},
      { event: 'an event of next year', sg_event_id: nextId(), email: { nested: true } },
      { event: null, sg_event_id: null },
      doubled,
      doubled,
      { event: 'bounce', sg_event_id: 'x'.repeat(5_000), reason: 'y'.repeat(5_000), status: [], type: 3 },
      { event: 'constructor', sg_event_id: '__proto__', email: 'toString' },
      JSON.parse('{"__proto__":{"event":"spamreport"},"sg_event_id":"proto"}'),
      complaint(last),
    ]
    expect(await sendgridRaw(JSON.stringify(list))).toBe(200)
    await applied()
    expect([suppressionOf(parts, first.address), suppressionOf(parts, last.address)]).toEqual([
      ['complaint'],
      ['complaint'],
    ])
    expect({}).not.toHaveProperty('event')
  })

  test.each([
    ['a million [', '['.repeat(1_000_000)],
    ['nested objects', '{"a":'.repeat(150_000)],
    ['null', 'null'],
    ['a number', '1'],
    ['nothing', ''],
    ['a list', '[]'],
  ])('%s is no event, and no fault here', async (_what, body) => {
    for (const status of [
      await postmark(body),
      await ses(body.slice(0, 200_000)),
      await sendgridRaw(body),
      await post('mailgun', body),
    ])
      expect([200, 400]).toContain(status)
    await applied()
  })
})

test('a provider that is not set up, or not known, has no webhook', async () => {
  const bare = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
  try {
    for (const provider of ['ses', 'postmark', 'mailgun', 'sendgrid', 'other']) {
      const response = await fetch(`${bare.url}/hooks/${provider}`, { method: 'POST', body: '{}' })
      expect({ provider, status: response.status }).toEqual({ provider, status: 404 })
    }
  } finally {
    await bare.close()
  }
})
