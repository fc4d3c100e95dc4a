import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { sealContent } from './event-content.ts'
import { MAX_KEPT_BYTES } from './receive-report.ts'

/**
 * Stores a report that came to another address than the return path. Nothing but what it says proves which message it is
 * about. Runs in the caller's transaction.
 */
export async function keepMailReport(
  ports: Pick<Ports, 'clock' | 'keys' | 'randomBytes'>,
  unit: Repositories,
  { learnerId, key, raw }: { readonly learnerId: number; readonly key: string; readonly raw: Uint8Array },
): Promise<void> {
  const row = { source: 'smtp', key } as const
  const sealed = sealContent(ports, row, { form: 'mail', recipient: '', raw: raw.subarray(0, MAX_KEPT_BYTES) })
  await unit.mailEvents.add({ ...row, nonce: null, sealed, learnerId, addressKey: null }, ports.clock.now())
}
