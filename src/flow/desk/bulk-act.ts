import type { AuditDetails } from '../../core/desk/audit.ts'
import { BULK_ACTS, type BulkAct } from '../../core/desk/bulk-acts.ts'
import { maskAddress } from '../../core/desk/mask-address.ts'
import { SOURCE_LANGUAGE } from '../../core/language/languages.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import type { OperatorEmailPorts } from './operator-email.ts'
import { type RecordPorts, recordAct } from './record-act.ts'
import { tellOwners } from './tell-owners.ts'

/** What a bulk act takes besides what it is about. */
export type BulkPorts = RecordPorts & OperatorEmailPorts & Pick<Ports, 'store'>

/** The line of an act of `BULK_ACTS`, within the caller's transaction. `by`: null for somebody at the command line. */
export function recordBulkAct(
  ports: RecordPorts,
  unit: Repositories,
  by: number | null,
  act: BulkAct,
  count: number,
  more: AuditDetails = {},
): Promise<void> {
  return recordAct(ports, unit, { operatorId: by, act, details: { ...more, [BULK_ACTS[act]]: count } })
}

/**
 * Tells every owner that somebody did something to many at once, also the one who did it: the session may be stolen. Call it
 * after the commit. Where there is no desk, nobody is told.
 */
export async function tellOfBulkAct(
  ports: OperatorEmailPorts & Pick<Ports, 'store'>,
  by: number | null,
  act: BulkAct,
  count: number,
): Promise<void> {
  if (ports.settings.deskUrl === null) return
  const words = ports.locales.wordsFor({ language: SOURCE_LANGUAGE })
  const person =
    by === null
      ? words.say('desk.audit.somebody-on-host')
      : maskAddress((await ports.store.operators.byId(by))?.address ?? '')
  await tellOwners(ports, 'bulk-act', { person, act: words.say(`desk.acts.${act}`), count }, [])
}
