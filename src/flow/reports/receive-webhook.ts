import { AppError } from '../../core/errors.ts'
import { type ProviderName, providerOf } from '../../core/reports/providers.ts'
import type { Refusal, WebhookEvent, WebhookRequest, WebhookVerdict } from '../../core/reports/webhook.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { ArrivedEvent } from '../ports/report-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { readWebhookEvent, sealContent } from './event-content.ts'
import { ownerOf } from './find-reported.ts'

export type WebhookAnswer =
  | { readonly kind: 'kept'; readonly fresh: number }
  | { readonly kind: 'refused'; readonly why: Refusal | 'replayed' }

/**
 * Verifies and parses a provider's webhook, and stores all its events in one transaction, encrypted and reduced to what
 * is needed. They are applied after the response. Fails with `not-found` if the provider is not configured, and `busy`
 * if the request cannot be verified now.
 */
export async function receiveHook(
  ports: Pick<Ports, 'clock' | 'hooks' | 'keys' | 'log' | 'randomBytes' | 'settings' | 'store'>,
  provider: ProviderName,
  request: WebhookRequest,
): Promise<WebhookAnswer> {
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

async function arrivedEvent(
  ports: Pick<Ports, 'keys' | 'randomBytes' | 'settings'>,
  unit: Repositories,
  source: ProviderName,
  { key, nonce, raw }: WebhookEvent,
): Promise<ArrivedEvent> {
  const content = readWebhookEvent(ports, source, raw)
  return {
    source,
    key,
    nonce,
    sealed: sealContent(ports, { source, key }, content),
    ...(await ownerOf(ports, unit, content)),
  }
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
