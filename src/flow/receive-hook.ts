import { AppError } from '../core/errors.ts'
import { type HookRequest, type HookVerdict, type Provider, type Refusal, refused } from '../core/hooks/hook.ts'
import { verifyMailgun } from '../core/hooks/mailgun.ts'
import { verifyPostmark } from '../core/hooks/postmark.ts'
import { verifySendgrid } from '../core/hooks/sendgrid.ts'
import { checkSnsEnvelope, isSignedBySns, readSnsEnvelope } from '../core/hooks/sns.ts'
import type { Ports } from './ports.ts'
import type { ArrivedEvent } from './report-ports.ts'

export type HookAnswer =
  | { readonly kind: 'kept'; readonly fresh: number }
  | { readonly kind: 'refused'; readonly why: Refusal | 'replayed' }

/**
 * Takes a provider's webhook: believed or not, then kept, all its events in one transaction. Applying them is another
 * matter and comes after the answer. Fails with `not-found` where this provider is not set up, and with `busy` where the
 * certificate cannot be had just now.
 */
export async function receiveHook(ports: Ports, provider: Provider, request: HookRequest): Promise<HookAnswer> {
  const verdict = await verify(ports, provider, request)
  if (verdict.kind === 'refused') {
    ports.log.warn({ provider, why: verdict.why }, 'a webhook was refused')
    return verdict
  }
  const results = await keepEvents(
    ports,
    verdict.events.map((event) => ({ ...event, source: provider, recipient: null, raw: Buffer.from(event.raw) })),
  )
  if (results.includes('replayed')) {
    ports.log.warn({ provider, why: 'replayed' }, 'a webhook was refused')
    return { kind: 'refused', why: 'replayed' }
  }
  return { kind: 'kept', fresh: results.filter((result) => result === 'stored').length }
}

/** Keeps events as they arrived, each once, in one transaction. */
export async function keepEvents(
  ports: Ports,
  events: readonly ArrivedEvent[],
): Promise<readonly ('stored' | 'known' | 'replayed')[]> {
  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    const results: ('stored' | 'known' | 'replayed')[] = []
    for (const event of events) results.push(await unit.mailEvents.add(event, now))
    return results
  })
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

async function verifySes(
  ports: Ports,
  topics: readonly string[],
  request: HookRequest,
  now: number,
): Promise<HookVerdict> {
  const raw = request.body.toString('utf8')
  const message = readSnsEnvelope(raw)
  if (message === null) return refused('unreadable')
  const checked = checkSnsEnvelope(message, topics, now)
  if (checked !== 'fine') return refused(checked)
  let certificate: string
  try {
    certificate = await ports.hooks.fetch(message.SigningCertURL)
  } catch (error) {
    throw new AppError('busy', 'The certificate of SNS cannot be had just now.', { cause: error })
  }
  if (!isSignedBySns(message, certificate, now)) return refused('forged')
  return { kind: 'events', events: [{ key: message.MessageId, nonce: null, raw }] }
}
