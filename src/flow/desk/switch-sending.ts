import type { Reason } from '../../core/desk/audit.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
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

/** Resumes sending after any pause. Fails with `bad-input` if it is on, or held after a restore. */
export async function resumeSending(ports: SwitchPorts, operatorId: number, reason: Reason): Promise<void> {
  await ports.store.transaction(async (unit) => {
    if (!(await unit.sendingState.open('paused', ports.clock.now())))
      throw new AppError('bad-input', phrase('desk.errors.not-paused'))
    await recordAct(ports, unit, { operatorId, act: 'resume-sending', reason })
  })
  ports.log.warn({ operator: operatorId, reason }, 'sending resumed: an operator asked for it at the desk')
}
