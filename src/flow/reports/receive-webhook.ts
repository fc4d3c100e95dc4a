import { AppError } from '../../core/errors.ts'
import type { InboundEmail } from '../../core/reports/inbound-email.ts'
import { type ProviderName, providerOf } from '../../core/reports/providers.ts'
import type { Refusal, WebhookEvent, WebhookRequest, WebhookVerdict } from '../../core/reports/webhook.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { ArrivedEvent } from '../ports/report-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { contentOf, sealContent } from './event-content.ts'
import { ownerOf } from './find-reported.ts'

export type WebhookAnswer =
  | { readonly kind: 'kept'; readonly fresh: number }
  | { readonly kind: 'refused'; readonly why: Refusal | 'replayed' }

/**
 * Takes an email that a provider received, in the transaction that remembers the webhook. Fails with `busy` if the provider
 * must try again later.
 */
export type TakeEmail = (unit: Repositories, email: InboundEmail) => Promise<void>

/**
 * Verifies and parses a provider's webhook, and stores all its events in one transaction, encrypted and reduced to what
 * is needed. They are applied after the response. Fails with `not-found` if the provider is not configured, and `busy`
 * if the request cannot be verified now.
 */
export async function receiveHook(
  ports: Pick<Ports, 'clock' | 'hooks' | 'keys' | 'log' | 'randomBytes' | 'settings' | 'store'>,
  provider: ProviderName,
  request: WebhookRequest,
  takeEmail: TakeEmail,
): Promise<WebhookAnswer> {
  const verdict = await verify(ports, provider, request)
  if (verdict.kind === 'refused') {
    ports.log.warn({ provider, why: verdict.why }, 'webhook rejected')
    return verdict
  }
  const results = await ports.store.transaction(async (unit) => {
    const kept: KeepResult[] = []
    for (const event of verdict.events) kept.push(await keepWebhookEvent(ports, unit, { provider, event, takeEmail }))
    return kept
  })
  if (results.includes('replayed')) {
    ports.log.warn({ provider, why: 'replayed' }, 'webhook rejected')
    return { kind: 'refused', why: 'replayed' }
  }
  return { kind: 'kept', fresh: results.filter((result) => result === 'stored').length }
}

type KeepResult = 'stored' | 'known' | 'replayed'

/** Stores the received events, each once, in one transaction. */
export async function keepEvents(
  ports: Pick<Ports, 'clock' | 'store'>,
  arrived: (unit: Repositories) => Promise<readonly ArrivedEvent[]>,
): Promise<readonly KeepResult[]> {
  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    const results: KeepResult[] = []
    for (const event of await arrived(unit)) results.push(await unit.mailEvents.add(event, now))
    return results
  })
}

/** An email is taken once, together with the fact that it came. */
async function keepWebhookEvent(
  ports: Pick<Ports, 'clock' | 'keys' | 'randomBytes' | 'settings'>,
  unit: Repositories,
  { provider, event, takeEmail }: { provider: ProviderName; event: WebhookEvent; takeEmail: TakeEmail },
): Promise<KeepResult> {
  const { key, nonce, raw } = event
  const report = providerOf(provider).read(raw)
  const content = contentOf(ports, report)
  const sealed = sealContent(ports, { source: provider, key }, content)
  const owner = await ownerOf(ports, unit, content)
  const result = await unit.mailEvents.add({ source: provider, key, nonce, sealed, ...owner }, ports.clock.now())
  if (result === 'stored' && report?.kind === 'email') await takeEmail(unit, report.email)
  return result
}

async function verify(
  ports: Pick<Ports, 'clock' | 'hooks'>,
  name: ProviderName,
  request: WebhookRequest,
): Promise<WebhookVerdict> {
  const { settings, fetch } = ports.hooks
  const credentials = settings[name]
  if (credentials === null) throw new AppError('not-found', phrase('errors.no-webhook'))
  return providerOf(name).verify(request, credentials, { now: ports.clock.now(), fetch })
}
