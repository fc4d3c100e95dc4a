import { ACTS_ON_QUESTIONS, type AuditEntry, type Reason } from '../../../core/desk/audit.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import type { ConsentRecord } from '../../ports/sign-up-ports.ts'
import type { Repositories } from '../../ports/store-ports.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { type PersonView, viewPerson } from '../view-person.ts'

/** Nobody but the person, or the law, calls for a copy of what is known of them. */
export const EXPORT_REASONS: readonly Reason[] = ['asked', 'law']

const PAGE = 200

/** What is handed out of one person. Nothing of what they wrote or answered, nor what opens it. */
export interface PersonRecord extends Omit<PersonView, 'consents'> {
  readonly consents: readonly ConsentRecord[]
  readonly allowsWayBackEmail: boolean
  /**
   * What operators did about them, oldest first; without notes, which are the operators' own, and without what was done with
   * their questions: those are their own writing, and how many there are is for those who answer.
   */
  readonly acts: readonly Pick<AuditEntry, 'at' | 'act' | 'reason' | 'details' | 'operatorId'>[]
}

/**
 * A copy of what the service holds about a person (Art. 15 and 20 GDPR), for an operator to hand to them. It is recorded
 * before it is given, and is in its own list of acts. Fails with `not-found`, and with `bad-input` if the reason does not fit.
 */
export async function exportPerson(
  ports: RecordPorts & Pick<Ports, 'calendar' | 'courses' | 'store'>,
  operatorId: number,
  { learnerId, reason, note }: { readonly learnerId: number; readonly reason: Reason; readonly note: string },
): Promise<PersonRecord> {
  if (!EXPORT_REASONS.includes(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
  const { store } = ports
  await store.transaction(async (unit) => {
    if ((await unit.learners.byId(learnerId)) === null) throw new AppError('not-found', phrase('desk.errors.no-person'))
    await recordAct(ports, unit, { operatorId, act: 'export-person', learnerId, reason, note })
  })
  return {
    ...(await viewPerson(ports, learnerId)),
    consents: await store.signUps.consentsOf(learnerId),
    allowsWayBackEmail: await store.learners.allowsWayBackEmail(learnerId),
    acts: (await actsOn(store, learnerId)).filter(({ act }) => !ACTS_ON_QUESTIONS.includes(act)).toReversed(),
  }
}

/** Newest first. */
async function actsOn(unit: Pick<Repositories, 'auditLog'>, learnerId: number): Promise<readonly AuditEntry[]> {
  const acts: AuditEntry[] = []
  for (let before: number | null = null; ; before = acts.at(-1)?.number ?? null) {
    const page: readonly AuditEntry[] = await unit.auditLog.page({ learnerId }, before, PAGE)
    acts.push(...page)
    if (page.length < PAGE) return acts
  }
}
