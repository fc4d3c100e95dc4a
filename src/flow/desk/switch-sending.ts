import type { Reason } from '../../core/desk/audit.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { type Released, releaseHold } from '../delivery/restored-database.ts'
import type { Ports } from '../ports/ports.ts'
import { type RecordPorts, recordAct } from './record-act.ts'

type SwitchPorts = RecordPorts & Pick<Ports, 'log' | 'store'>

/** Pauses all sending until an operator resumes it. Fails with `bad-input` if it is paused that way or held already. */
export async function pauseSending(ports: SwitchPorts, operatorId: number, reason: Reason): Promise<void> {
  await ports.store.transaction(async (unit) => {
    if (!(await unit.sendingState.pauseForPerson('an operator paused sending at the desk', ports.clock.now())))
      throw new AppError('bad-input', phrase('desk.errors.paused-already'))
    await recordAct(ports, unit, { operatorId, act: 'pause-sending', reason })
  })
  ports.log.warn({ operator: operatorId, reason }, 'sending is paused: an operator asked for it at the desk')
}

/**
 * Resumes sending after any pause. `by` and `reason`: null for somebody at the command line. Fails with `bad-input` if it is on,
 * or held after a restore.
 */
export async function resumeSending(ports: SwitchPorts, by: number | null, reason: Reason | null): Promise<void> {
  await ports.store.transaction(async (unit) => {
    if (!(await unit.sendingState.open('paused', ports.clock.now())))
      throw new AppError('bad-input', phrase('desk.errors.not-paused'))
    await recordAct(ports, unit, { operatorId: by, act: 'resume-sending', ...(reason !== null && { reason }) })
  })
  ports.log.warn({ operator: by, reason }, 'sending resumed: an operator asked for it')
}

/** Holds all sending until `releaseSending`, for somebody at the command line. */
export async function holdSending(ports: RecordPorts & Pick<Ports, 'store'>): Promise<void> {
  const reason = 'an operator holds it. Sending is on hold until you run: npm run mail -- release'
  await ports.store.transaction(async (unit) => {
    await unit.sendingState.hold(reason, 'operator', ports.clock.now())
    await recordAct(ports, unit, { operatorId: null, act: 'hold-sending' })
  })
}

/** Ends a hold, for somebody at the command line; see `releaseHold`. */
export function releaseSending(
  ports: RecordPorts & Parameters<typeof releaseHold>[0],
  { anyway }: { readonly anyway: boolean },
): Promise<Released> {
  return releaseHold(ports, { anyway }, (unit, setAside) =>
    recordAct(ports, unit, { operatorId: null, act: 'release-sending', details: { setAside } }),
  )
}
