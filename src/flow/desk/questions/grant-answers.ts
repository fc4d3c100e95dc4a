import { maskAddress } from '../../../core/desk/mask-address.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { Operator } from '../../ports/desk-ports.ts'
import type { Ports } from '../../ports/ports.ts'
import { deskUrlOf } from '../desk-url.ts'
import type { OperatorEmailPorts } from '../operator-email.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { tellOwners } from '../tell-owners.ts'
import { type Heirs, handOver } from './hand-over.ts'

type GrantPorts = OperatorEmailPorts & RecordPorts & Pick<Ports, 'courses' | 'settings' | 'store'>

/**
 * Lets an operator open and answer the questions of a course. No role includes this, so every owner is told, also the one who
 * did it: the session may be stolen. `by`: null for somebody at the command line. Does nothing if it is so already. Fails with
 * `not-found` for an operator who was removed, with `bad-input` for a course that does not exist, and with `misconfigured` without a
 * desk.
 */
export async function grantAnswers(
  ports: GrantPorts,
  by: number | null,
  operatorId: number,
  course: string,
): Promise<void> {
  if (ports.courses.get(course) === null) throw new AppError('bad-input', phrase('desk.errors.no-such-course'))
  // Owners could not be told without a desk, so nothing is changed then.
  deskUrlOf(ports)
  const operator = await operatorOf(ports, operatorId)
  const isNew = await ports.store.transaction(async (unit) => {
    if (!(await unit.answersFor.grant(operatorId, course, ports.clock.now()))) return false
    await recordAct(ports, unit, { operatorId: by, act: 'grant-answers', details: { operator: operatorId, course } })
    return true
  })
  if (isNew) await tellOwners(ports, 'answers-granted', { person: maskAddress(operator.address ?? ''), course }, [])
}

/**
 * Takes that away again, after what they are assigned was handed over. Every owner is told. Fails with `not-found` where there is
 * nothing to take away, and with `bad-input` where it is not said who gets their questions.
 */
export async function revokeAnswers(
  ports: GrantPorts,
  by: number | null,
  { operatorId, course, heirs }: { readonly operatorId: number; readonly course: string; readonly heirs: Heirs },
): Promise<void> {
  deskUrlOf(ports)
  const operator = await operatorOf(ports, operatorId)
  await ports.store.transaction(async (unit) => {
    await handOver(ports, unit, by, { operatorId, course, heirs })
    if (!(await unit.answersFor.revoke(operatorId, course)))
      throw new AppError('not-found', phrase('desk.errors.not-granted'))
    await recordAct(ports, unit, { operatorId: by, act: 'revoke-answers', details: { operator: operatorId, course } })
  })
  await tellOwners(ports, 'answers-revoked', { person: maskAddress(operator.address ?? ''), course }, [])
}

async function operatorOf({ store }: Pick<Ports, 'store'>, id: number): Promise<Operator> {
  const operator = await store.operators.byId(id)
  if (operator === null) throw new AppError('not-found', phrase('desk.errors.no-operator'))
  return operator
}
