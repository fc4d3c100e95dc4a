import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { NEVER } from '../../../core/model.ts'
import type { LedgerAttempt, LedgerLine } from '../../../flow/desk/deliveries/ledger.ts'
import { type Html, html } from '../../page/html.ts'
import { deskTable } from '../desk-table.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant, instantThere } from '../instant.ts'

const MINUTE_MS = 60_000

/** Each delivery with its time by the learner's clock (null: not known) and the operator's, what happened and what is next. */
export function ledgerTable(
  words: DeskWords,
  caption: string,
  lines: readonly LedgerLine[],
  timeZone: string | null,
): Html {
  const column = (key: 'what' | 'state' | 'due' | 'story') => words.say(`desk.ledger.column.${key}`)
  return deskTable(
    caption,
    [column('what'), column('state'), column('due'), column('story')],
    lines.map((line) => [
      html`<a href="${deskPaths.delivery(line.id)}">${kindAndDay(words, line)}</a>`,
      words.say(`desk.delivery-states.${line.state}`),
      bothTimes(words, line.dueAt, timeZone),
      html`${story(words, line, timeZone)}${line.attempts.length > 0 && attemptFold(words, line, timeZone)}`,
    ]),
  )
}

/** `Lesson 3`; the others are named without their position in the course. */
export function kindAndDay(words: DeskWords, { kind, day }: Pick<LedgerLine, 'kind' | 'day'>): string {
  const name = words.say(`desk.kinds.${kind}`)
  return day !== null && kind === 'lesson' ? `${name} ${day}` : name
}

/** A time by the learner's clock and by the operator's; nothing for one that never comes. */
export function bothTimes(words: DeskWords, at: number, timeZone: string | null): Html | null {
  if (at === NEVER) return null
  const there = otherClock(words, timeZone)
  return there === null
    ? instant(words, at)
    : html`${instantThere(words, at, there)}<br><span class="quiet">${instant(words, at)}</span>`
}

export function story(words: DeskWords, line: LedgerLine, timeZone: string | null): Html {
  const { account, attempt, firstAttemptAt, firstHandoverAt, handedOverAt, settledAt, resends, reply, reports } = line
  const at = (key: 'first-attempt' | 'handed-over' | 'copy' | 'settled', time: number | null) =>
    time !== null && html`<br>${words.say(`desk.ledger.${key}`)} ${inBothZones(words, time, timeZone)}`
  // Most emails are accepted within a second, and the same time twice makes a long page longer.
  const isSettledAtOnce = settledAt !== null && handedOverAt !== null && settledAt - handedOverAt < MINUTE_MS
  return html`${words.of(account.what)}${account.nextAt !== null && html` ${words.say('desk.ledger.next')} ${inBothZones(words, account.nextAt, timeZone)}`}
${attempt > 1 && html`<br>${words.say('desk.ledger.attempts', { attempts: attempt })}${at('first-attempt', firstAttemptAt)}`}${at('handed-over', firstHandoverAt)}${resends > 0 && at('copy', handedOverAt)}${!isSettledAtOnce && at('settled', settledAt)}${quote(reply)}${reports.map((report) => html`<br>${words.say(`desk.reports.${report.kind}`)} (${report.reason}) ${inBothZones(words, report.at, timeZone)}`)}`
}

/** Every attempt that was not accepted, or came to nothing, with what the relay said and what was decided; then how it ended, if it did well. */
export function attemptList(words: DeskWords, line: LedgerLine, timeZone: string | null): Html {
  const { attempts, state, settledAt, reply } = line
  const last = attempts.at(-1)?.number ?? 0
  return html`<ol class="attempts">
${attempts.map((attempt, index) => html`${gapBefore(words, attempt, attempts[index - 1])}<li value="${attempt.number}">${inBothZones(words, attempt.at, timeZone)}${quote(attempt.reply)}<br>${decision(words, attempt, timeZone)}</li>\n`)}${
  state === 'sent' &&
  settledAt !== null &&
  html`<li value="${last + 1}">${inBothZones(words, settledAt, timeZone)}${quote(reply)}<br>${words.say('desk.ledger.attempt.sent')}</li>\n`
}</ol>`
}

function attemptFold(words: DeskWords, line: LedgerLine, timeZone: string | null): Html {
  const attempts = line.attempts.at(-1)?.number ?? 0
  return html`<details class="fold"><summary>${words.say('desk.ledger.not-accepted', { attempts })}</summary>
${attemptList(words, line, timeZone)}</details>`
}

/** Says how many were left out between two that follow one another in the list. */
function gapBefore(words: DeskWords, { number }: LedgerAttempt, before: LedgerAttempt | undefined): Html | null {
  const count = before === undefined ? 0 : number - before.number - 1
  return count === 0
    ? null
    : html`<li class="quiet" value="${number - 1}">${words.say('desk.ledger.attempt.between', { count })}</li>\n`
}

function decision(words: DeskWords, { outcome, nextAt }: LedgerAttempt, timeZone: string | null): Html {
  const key = outcome === 'unconfirmed' && nextAt !== null ? 'copy' : outcome
  return html`${words.say(`desk.ledger.attempt.${key}`)}${nextAt !== null && html` ${inBothZones(words, nextAt, timeZone)}`}`
}

function quote(reply: string | null): Html | null {
  return reply === null || reply === '' ? null : html`<br><q>${reply}</q>`
}

/** The same within a sentence. */
function inBothZones(words: DeskWords, at: number, timeZone: string | null): Html {
  const there = otherClock(words, timeZone)
  return there === null
    ? instant(words, at)
    : html`${instantThere(words, at, there)} <span class="quiet">(${instant(words, at)})</span>`
}

/** The learner's zone, where it is known and not that of the operator. */
function otherClock({ timeZone: own }: DeskWords, timeZone: string | null): string | null {
  return timeZone === own ? null : timeZone
}
