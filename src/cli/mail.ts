import { messageIdOf } from '../core/delivery/message-id.ts'
import { AppError } from '../core/errors.ts'
import { complaintsAddress } from '../core/reports/return-address.ts'
import { MOST_SETTLED, type Verdict } from '../flow/delivery/settle-unconfirmed.ts'
import type { BulkPorts } from '../flow/desk/bulk-act.ts'
import { decideEveryReport, decideReport } from '../flow/desk/deliveries/decide-report.ts'
import { settleDelivery, settleEveryDelivery } from '../flow/desk/deliveries/settle-delivery.ts'
import { holdSending, releaseSending, resumeSending } from '../flow/desk/switch-sending.ts'
import type { Ports } from '../flow/ports/ports.ts'
import { MOST_DECIDED } from '../flow/reports/decide-reports.ts'
import { describeUnbuiltMessages } from '../flow/sending/readiness.ts'
import { senderReputation, WINDOW_DAYS } from '../flow/sending/reputation.ts'
import { describeWarmUp } from '../flow/sending/warm-up.ts'

export const MAIL_USAGE = `npm run mail -- status             whether sending is on, and the number of deliveries in each state
npm run mail -- resume             resumes sending after a pause
npm run mail -- hold               holds all sending until release
npm run mail -- release            resumes sending after hold, or after the database was restored or moved; after a restore,
                                   deliveries that may have been sent are set aside
npm run mail -- release --anyway   the same for a database that was moved to another one: that one must not be in use
npm run mail -- unconfirmed        messages that may or may not have arrived
npm run mail -- arrived <id> ...   these arrived (or: all)
npm run mail -- again <id> ...     send these once more (or: all)
npm run mail -- reports            reports on sent mail that failed three times and are set aside
npm run mail -- reports again <id> ...  try these again (or: all)
npm run mail -- reports drop <id> ...   delete these unread (or: all)`

type MailPorts = BulkPorts & Pick<Ports, 'calendar' | 'courses' | 'handoverLog' | 'settings'>

/** Lets the operator inspect and control sending. Returns what to print and the exit status. */
export async function runMail(ports: MailPorts, args: readonly string[]): Promise<{ text: string; status: number }> {
  const [verb, ...rest] = args
  switch (verb) {
    case 'status':
      return success(await status(ports))
    case 'resume':
      return success(await resume(ports))
    case 'hold':
      return success(await hold(ports))
    case 'release':
      if (rest.some((word) => word !== '--anyway')) return { text: MAIL_USAGE, status: 2 }
      return release(ports, rest.length > 0)
    case 'unconfirmed':
      return success(await list(ports))
    case 'arrived':
      return decide(ports, rest, 'arrived')
    case 'again':
      return decide(ports, rest, 'send-again')
    case 'reports':
      return rest.length === 0 ? success(await listReports(ports)) : answerReports(ports, rest)
    default:
      return { text: MAIL_USAGE, status: 2 }
  }
}

async function status(ports: Pick<Ports, 'clock' | 'keys' | 'settings' | 'store'>): Promise<string> {
  const stream = await ports.store.sendingState.status()
  const counts = Object.entries(await ports.store.deliveries.countByState())
  const head =
    stream.state === 'open' ? 'Sending is on.' : `Mail is ${stream.state} since ${time(stream.since)}: ${stream.reason}`
  const { sent, complaintRate, bounceRate, say } = await senderReputation(ports, ports.clock.now())
  const percent = (rate: number) => `${Number((rate * 100).toFixed(3))}%`
  const taken = `Last ${WINDOW_DAYS} days: ${sent} messages, ${percent(complaintRate)} complained about, ${percent(bounceRate)} to dead addresses.`
  const domain = ports.settings.returnPathDomain
  const register = domain && `Address for feedback loops: ${complaintsAddress(ports.keys, domain)}`
  const unbuilt = await describeUnbuiltMessages(ports)
  const rest = [unbuilt, taken, say, await describeWarmUp(ports), register, await describeReports(ports)].filter(
    Boolean,
  )
  return [head, ...counts.map(([state, count]) => `${state.padEnd(12)} ${count}`), ...rest].join('\n')
}

async function resume(ports: MailPorts): Promise<string> {
  if (await hasChanged(resumeSending(ports, null, null)))
    return 'Sending has resumed. Due deliveries start within a minute.'
  const stream = await ports.store.sendingState.status()
  return stream.state === 'held'
    ? `Mail is held, not paused: ${stream.reason}`
    : 'Sending was already on; nothing has changed.'
}

async function hold(ports: MailPorts): Promise<string> {
  const status = await ports.store.sendingState.status()
  if (status.state === 'held') return `Mail is held already: ${status.reason}`
  await holdSending(ports)
  return 'Sending is on hold. Messages on their way to the relay may still arrive. To resume: npm run mail -- release'
}

async function release(ports: MailPorts, anyway: boolean): Promise<{ text: string; status: number }> {
  const { state, reason } = await ports.store.sendingState.status()
  if (state !== 'held') return success('Mail is not held; nothing has changed.')
  const { setAside, isReleased } = await releaseSending(ports, { anyway })
  if (!isReleased) return { text: `Mail stays on hold: ${reason}`, status: 1 }
  if (setAside === 0) return success('Sending has resumed. Due deliveries start within a minute.')
  return success(
    `Sending has resumed. ${setAside} deliveries that may have been sent after the copy was made are set aside, not sent.\n` +
      'See them with: npm run mail -- unconfirmed',
  )
}

async function list(ports: Pick<Ports, 'keys' | 'settings' | 'store'>): Promise<string> {
  const rows = await ports.store.deliveries.unconfirmed(MOST_SETTLED)
  if (rows.length === 0) return 'No delivery is unconfirmed.'
  const lines = rows.map((row) =>
    [
      String(row.id).padStart(8),
      `enrolment ${row.enrolmentId ?? '-'}`,
      row.day === null ? row.kind : `${row.kind} ${row.day}`,
      row.firstHandoverAt === null ? '' : time(row.firstHandoverAt),
      // A restored copy may not know yet that the message was built.
      row.messageId ?? messageIdOf(ports.keys, row.id, ports.settings.hostname),
      row.reply ?? '',
    ].join('  '),
  )
  return [
    ...lines,
    '',
    'Look the Message-ID up in the log of your relay, then: npm run mail -- arrived <id> or again <id>',
  ].join('\n')
}

async function decide(ports: MailPorts, words: readonly string[], word: Verdict) {
  const ids = idsOf(words)
  if (ids === null) return { text: MAIL_USAGE, status: 2 }
  const lines: string[] = []
  let status = 0
  const settled =
    ids === 'all'
      ? await settleEveryDelivery(ports, null, word)
      : await eachOf(ids, (id) => settleDelivery(ports, null, id, word))
  for (const [id, done] of settled) {
    if (!done) status = 1
    lines.push(
      done
        ? `${id}: ${word === 'arrived' ? 'arrived' : 'will be sent again'}`
        : word === 'arrived'
          ? `${id}: is not unconfirmed`
          : `${id}: is not unconfirmed, or its learner no longer receives email`,
    )
  }
  return { text: lines.join('\n') || 'No delivery is unconfirmed.', status }
}

/** Does something to each, with a line of its own in the audit log, and says of each whether it was done. */
async function eachOf(
  ids: readonly number[],
  act: (id: number) => Promise<void>,
): Promise<ReadonlyMap<number, boolean>> {
  const done = new Map<number, boolean>()
  for (const id of ids) done.set(id, await hasChanged(act(id)))
  return done
}

/** False where the flow refused because there was nothing to change. */
async function hasChanged(act: Promise<void>): Promise<boolean> {
  try {
    await act
    return true
  } catch (error) {
    if (error instanceof AppError && (error.code === 'bad-input' || error.code === 'not-found')) return false
    throw error
  }
}

/** Null for what is neither ids nor `all`. */
function idsOf(words: readonly string[]): readonly number[] | 'all' | null {
  if (words[0] === 'all') return 'all'
  const ids = words.map(Number)
  return ids.length === 0 || ids.some((id) => !Number.isSafeInteger(id) || id < 1) ? null : ids
}

async function describeReports(ports: Pick<Ports, 'store'>): Promise<string | null> {
  const count = await ports.store.mailEvents.countSetAside()
  return count === 0 ? null : `Reports set aside after three failures: ${count}. See them with: npm run mail -- reports`
}

async function listReports(ports: Pick<Ports, 'store'>): Promise<string> {
  const rows = await ports.store.mailEvents.listSetAside(MOST_DECIDED)
  if (rows.length === 0) return 'No report is set aside.'
  const lines = rows.map(
    (row) =>
      `${String(row.id).padStart(8)}  ${row.source.padEnd(8)}  came ${time(row.receivedAt)}  set aside ${time(row.setAsideAt)}`,
  )
  return [
    ...lines,
    '',
    'The log says why. Then: npm run mail -- reports again <id> or drop <id>; after seven days they are dropped.',
  ].join('\n')
}

async function answerReports(ports: MailPorts, [verb, ...words]: readonly string[]) {
  const ids = idsOf(words)
  if ((verb !== 'again' && verb !== 'drop') || ids === null) return { text: MAIL_USAGE, status: 2 }
  const lines: string[] = []
  let status = 0
  const decided =
    ids === 'all'
      ? await decideEveryReport(ports, null, verb)
      : await eachOf(ids, (id) => decideReport(ports, null, id, verb))
  for (const [id, isDone] of decided) {
    if (!isDone) status = 1
    lines.push(
      isDone ? `${id}: ${verb === 'again' ? 'is tried again within a minute' : 'dropped'}` : `${id}: is not set aside`,
    )
  }
  return { text: lines.join('\n') || 'No report is set aside.', status }
}

function success(text: string): { text: string; status: number } {
  return { text, status: 0 }
}

function time(instant: number): string {
  return new Date(instant).toISOString()
}
