import type { AuditAct } from '../../core/desk/audit.ts'
import { maskAddress } from '../../core/desk/mask-address.ts'
import { SOURCE_LANGUAGE } from '../../core/language/languages.ts'
import type { Ports } from '../ports/ports.ts'
import type { OperatorEmailPorts } from './operator-email.ts'
import { tellOwners } from './tell-owners.ts'

/**
 * Tells every owner that an operator did something to many at once, also the one who did it: the session may be stolen.
 * Call it after the commit.
 */
export async function tellOfBulkAct(
  ports: OperatorEmailPorts & Pick<Ports, 'store'>,
  by: number,
  act: AuditAct,
  count: number,
): Promise<void> {
  const words = ports.locales.wordsFor({ language: SOURCE_LANGUAGE })
  const person = maskAddress((await ports.store.operators.byId(by))?.address ?? '')
  await tellOwners(ports, 'bulk-act', { person, act: words.say(`desk.acts.${act}`), count }, [])
}
