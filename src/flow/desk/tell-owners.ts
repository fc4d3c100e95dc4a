import type { OperatorEmailKind } from '../../core/desk/operator-emails.ts'
import type { Ports } from '../ports/ports.ts'
import { deskUrlOf } from './desk-url.ts'
import { type OperatorEmailPorts, sendOperatorEmail } from './operator-email.ts'

/** Emails every owner but those named, with a link to the desk. The values name people by masked addresses only. */
export async function tellOwners(
  ports: OperatorEmailPorts & Pick<Ports, 'store'>,
  kind: OperatorEmailKind,
  values: Readonly<Record<string, string | number>>,
  except: readonly (number | null)[],
): Promise<void> {
  const link = deskUrlOf(ports)
  for (const { id, role, address } of await ports.store.operators.all()) {
    if (role !== 'owner' || except.includes(id) || address === null) continue
    await sendOperatorEmail(ports, kind, address, { ...values, link })
  }
}
