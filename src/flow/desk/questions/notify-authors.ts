import { backoffOf } from '../../../core/desk/author-notices.ts'
import type { Ports } from '../../ports/ports.ts'
import { deskUrlOf } from '../desk-url.ts'
import { type OperatorEmailPorts, sendOperatorEmail } from '../operator-email.ts'

type NotifyPorts = OperatorEmailPorts & Pick<Ports, 'store'>

const HOUR_MS = 3_600_000
/** Longer than an email takes; then another worker may try. */
const CLAIM_MS = 5 * 60_000
/** More than this is told in the next email. */
const MOST_TOLD = 1_000

/**
 * Tells authors by email of questions that began to wait, without a word of them: at once after a quiet hour or where one is
 * urgent, otherwise all together an hour after the last email. What could not be sent is tried again until it can: that a question
 * was told of is stored after the relay has the email.
 */
export async function notifyAuthors(ports: NotifyPorts): Promise<void> {
  if (ports.settings.deskUrl === null) return
  const authors = new Set((await ports.store.answersFor.all()).map(({ operatorId }) => operatorId))
  for (const operatorId of authors) await notifyAuthor(ports, operatorId)
}

async function notifyAuthor(ports: NotifyPorts, operatorId: number): Promise<void> {
  const { operators, questionDuty } = ports.store
  const now = ports.clock.now()
  const found = await questionDuty.untold(operatorId, MOST_TOLD)
  const last = await questionDuty.lastTold(operatorId)
  const mayWait = found.every(({ urgent }) => !urgent) && last !== null && now < last + HOUR_MS
  if (found.length === 0 || mayWait || !(await questionDuty.claimNotice(operatorId, now, now + CLAIM_MS))) return
  // Read again, because another worker may have told of some before the claim.
  const untold = await questionDuty.untold(operatorId, MOST_TOLD)
  const address = (await operators.byId(operatorId))?.address ?? null
  if (untold.length === 0 || address === null) return questionDuty.tryNoticeAt(operatorId, now)
  const urgent = untold.filter((question) => question.urgent).length
  const values = { count: untold.length, urgent, link: deskUrlOf(ports, 'questions') }
  if (await sendOperatorEmail(ports, 'questions-wait', address, values))
    return ports.store.transaction((unit) => unit.questionDuty.told(operatorId, untold, now))
  await questionDuty.tryNoticeAt(operatorId, now + backoffOf(await questionDuty.notTold(operatorId)))
}
