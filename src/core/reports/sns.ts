import { verify, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from './json.ts'
import { isRecent } from './webhook.ts'

/** A null field counts as missing and is not part of the signed text. */
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)

/** Fields as in docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html. */
const envelope = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1).max(200),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string().max(40),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
  Subject: optionalText,
  Token: optionalText,
  SubscribeURL: optionalText,
})

/** SNS URLs are a few hundred characters long. */
const MAX_URL_LENGTH = 4_000

export type SnsEnvelope = z.infer<typeof envelope>

/**
 * SNS stops retrying an HTTP endpoint after an hour (sns-message-delivery-retries.html); anything older is a replay.
 */
const MAX_AGE_MS = 65 * 60_000

const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const

export function readSnsEnvelope(text: string): SnsEnvelope | null {
  return envelope.safeParse(parseJson(text)).data ?? null
}

/**
 * Checks before the signature: a configured topic, a certificate URL that belongs to Amazon, and a recent timestamp.
 */
export function checkSnsEnvelope(
  message: SnsEnvelope,
  topics: readonly string[],
  now: number,
): 'fine' | 'forged' | 'stale' {
  if (!topics.includes(message.TopicArn)) return 'forged'
  if (!isSnsAddress(message.SigningCertURL) || !new URL(message.SigningCertURL).pathname.endsWith('.pem'))
    return 'forged'
  if (message.Type !== 'Notification' && !isSnsAddress(message.SubscribeURL ?? '')) return 'forged'
  return isRecent(Date.parse(message.Timestamp), now, MAX_AGE_MS) ? 'fine' : 'stale'
}

/**
 * Only hosts of SNS itself. Other hosts under amazonaws.com are not safe: anyone with a bucket there can serve a
 * certificate from it.
 */
export function isSnsAddress(address: string): boolean {
  const url = address.length > MAX_URL_LENGTH ? null : URL.parse(address)
  return (
    url !== null &&
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?$/.test(url.hostname)
  )
}

/**
 * The text that SNS signs: names and values, each on its own line, in the order given by
 * docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html.
 */
export function snsTextToSign(message: SnsEnvelope): string {
  return SIGNED[message.Type]
    .flatMap((name) => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`]))
    .join('')
}

/** Whether this certificate (PEM), valid at `now`, signed the envelope: SHA-1 for version 1, SHA-256 for version 2. */
export function isSignedBySns(message: SnsEnvelope, certificate: string, now: number): boolean {
  try {
    const read = new X509Certificate(certificate)
    if (now < Date.parse(read.validFrom) || now > Date.parse(read.validTo)) return false
    const hash = message.SignatureVersion === '1' ? 'sha1' : 'sha256'
    return verify(hash, Buffer.from(snsTextToSign(message)), read.publicKey, Buffer.from(message.Signature, 'base64'))
  } catch {
    return false
  }
}
