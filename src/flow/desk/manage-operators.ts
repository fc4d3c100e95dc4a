import { maskAddress } from '../../core/desk/mask-address.ts'
import type { Role } from '../../core/desk/roles.ts'
import { AppError } from '../../core/errors.ts'
import { addressKey } from '../../core/security/keys.ts'
import { phrase } from '../../core/words.ts'
import type { Operator } from '../ports/desk-ports.ts'
import type { Ports } from '../ports/ports.ts'
import { deskUrlOf } from './desk-url.ts'
import { type OperatorEmailPorts, sendOperatorEmail } from './operator-email.ts'
import { type Heirs, handOver } from './questions/hand-over.ts'
import { type RecordPorts, recordAct } from './record-act.ts'
import { tellOwners } from './tell-owners.ts'

type ManagePorts = OperatorEmailPorts & RecordPorts & Pick<Ports, 'settings' | 'store'>

export interface Invitation {
  readonly operator: Operator
  /** Whether the operator is new; otherwise the role was changed. */
  readonly isNew: boolean
  /** Whether the email that says so could be handed over. */
  readonly isEmailed: boolean
}

/**
 * Gives somebody a role, or another one. The email has no secret: it leads to the page where one asks for a link. Every
 * other owner is told. `by`: the owner who does it; null: somebody at the command line. Fails with `bad-input` where the
 * last owner would lose the role.
 */
export async function inviteOperator(
  ports: ManagePorts,
  by: number | null,
  { address, role }: { readonly address: string; readonly role: Role },
): Promise<Invitation> {
  const now = ports.clock.now()
  const link = deskUrlOf(ports)
  const key = addressKey(ports.keys, address)
  const { operator, isNew } = await ports.store.transaction(async (unit) => {
    const known = await unit.operators.byKey(key)
    if (known === null) {
      const added = await unit.operators.add({ address, addressKey: key, role, now })
      await recordAct(ports, unit, { operatorId: by, act: 'invite', details: { operator: added.id, role } })
      return { operator: added, isNew: true }
    }
    if (!(await unit.operators.setRole(known.id, role))) throw lastOwner()
    await recordAct(ports, unit, { operatorId: by, act: 'change-role', details: { operator: known.id, role } })
    return { operator: { ...known, role }, isNew: false }
  })
  const isEmailed = isNew && (await sendOperatorEmail(ports, 'invitation', address, { link, role }))
  const person = maskAddress(operator.address ?? address)
  await tellOwners(ports, 'roles-changed', { person, role }, [by, operator.id])
  return { operator, isNew, isEmailed }
}

/**
 * Takes somebody's access away: their sessions, links and passkeys end at once, and the address is forgotten. What they are
 * assigned goes to the heirs first. Every other owner is told. Fails with `not-found`, and with `bad-input` for the last owner or
 * where it is not said who gets their questions.
 */
export async function removeOperator(
  ports: ManagePorts,
  by: number | null,
  id: number,
  heirs: Heirs = new Map(),
): Promise<void> {
  const operator = await ports.store.transaction(async (unit) => {
    const known = await unit.operators.byId(id)
    if (known === null) throw new AppError('not-found', phrase('desk.errors.no-operator'))
    for (const course of await unit.answersFor.coursesOf(id))
      await handOver(ports, unit, by, { operatorId: id, course, heirs })
    if (!(await unit.operators.remove(id, ports.clock.now()))) throw lastOwner()
    await recordAct(ports, unit, { operatorId: by, act: 'remove-operator', details: { operator: id } })
    return known
  })
  const person = maskAddress(operator.address ?? '')
  await tellOwners(ports, 'roles-changed', { person, role: 'none' }, [by, id])
}

function lastOwner(): AppError {
  return new AppError('bad-input', phrase('desk.errors.last-owner'))
}
