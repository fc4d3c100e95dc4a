import { AppError } from '../../core/errors.ts'
import {
  type HookEvent,
  type HookRequest,
  type HookVerdict,
  type Provider,
  type Refusal,
  refused,
} from '../../core/reports/hook.ts'
import { verifyMailgun } from '../../core/reports/mailgun.ts'
import { verifyPostmark } from '../../core/reports/postmark.ts'
import { verifySendgrid } from '../../core/reports/sendgrid.ts'
import { checkSnsEnvelope, isSignedBySns, readSnsEnvelope } from '../../core/reports/sns.ts'
import type { Ports } from '../ports/ports.ts'
import type { ArrivedEvent } from '../ports/report-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { contentOfHook, sealContent } from './event-content.ts'
import { ownerOf } from './find-reported.ts'

export type HookAnswer =
  | { readonly kind: 'kept'; readonly fresh: number }
  | { readonly kind: 'refused'; readonly why: Refusal | 'replayed' }

/**
 * Takes a provider's webhook: believed or not, then read and kept, all its events in one transaction. Of an event only what
 * has to be applied is kept, sealed; applying it comes after the answer. Fails with `not-found` where this provider is not set up, and with `busy` where the
 * certificate cannot be had just now.
 */
export async function receiveHook(ports: Ports, provider: Provider, request: HookRequest): Promise<HookAnswer> {
  const verdict = await verify(ports, provider, request)
  if (verdict.kind === 'refused') {
    ports.log.warn({ provider, why: verdict.why }, 'webhook rejected')
    return verdict
  }
  const results = await keepEvents(ports, (unit) =>
    Promise.all(verdict.events.map((event) => arrivedEvent(ports, unit, provider, event))),
  )
  if (results.includes('replayed')) {
    ports.log.warn({ provider, why: 'replayed' }, 'webhook rejected')
    return { kind: 'refused', why: 'replayed' }
  }
  return { kind: 'kept', fresh: results.filter((result) => result === 'stored').length }
}

type KeepResult = 'stored' | 'known' | 'replayed'

/** Keeps what arrived, each event once, in one transaction. */
export async function keepEvents(
  ports: Ports,
  arrived: (unit: Repositories) => Promise<readonly ArrivedEvent[]>,
): Promise<readonly KeepResult[]> {
  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    const results: KeepResult[] = []
    for (const event of await arrived(unit)) results.push(await unit.mailEvents.add(event, now))
    return results
  })
}

async function arrivedEvent(
  ports: Ports,
  unit: Repositories,
  source: Provider,
  { key, nonce, raw }: HookEvent,
): Promise<ArrivedEvent> {
  const content = contentOfHook(ports, source, raw)
  return {
    source,
    key,
    nonce,
    sealed: sealContent(ports, { source, key }, content),
    ...(await ownerOf(ports, unit, content)),
  }
}

async function verify(ports: Ports, provider: Provider, request: HookRequest): Promise<HookVerdict> {
  const { settings } = ports.hooks
  const now = ports.clock.now()
  if (provider === 'ses' && settings.ses) return verifySes(ports, settings.ses.topics, request, now)
  if (provider === 'postmark' && settings.postmark) return verifyPostmark(request, settings.postmark.login)
  if (provider === 'mailgun' && settings.mailgun) return verifyMailgun(request, settings.mailgun.signingKey, now)
  if (provider === 'sendgrid' && settings.sendgrid) return verifySendgrid(request, settings.sendgrid.publicKey, now)
  throw new AppError('not-found', 'There is no webhook at this address.')
}

/** A message of SNS has 256 KB at most, quoted within another JSON text; it is read before its signature is checked. */
const MAX_SNS_BYTES = 600 * 1024

async function verifySes(
  ports: Ports,
  topics: readonly string[],
  request: HookRequest,
  now: number,
): Promise<HookVerdict> {
  if (request.body.length > MAX_SNS_BYTES) return refused('unreadable')
  const raw = request.body.toString('utf8')
  const message = readSnsEnvelope(raw)
  if (message === null) return refused('unreadable')
  const checked = checkSnsEnvelope(message, topics, now)
  if (checked !== 'fine') return refused(checked)
  let certificate: string
  try {
    certificate = await ports.hooks.fetch(message.SigningCertURL)
  } catch (error) {
    throw new AppError('busy', 'The SNS certificate is temporarily unavailable.', { cause: error })
  }
  if (!isSignedBySns(message, certificate, now)) return refused('forged')
  return { kind: 'events', events: [{ key: message.MessageId, nonce: null, raw }] }
}
