import { formatDate, formatNumber } from '../../core/delivery/local-time.ts'
import { REASONS } from '../../core/desk/audit.ts'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import type { Words } from '../../core/words.ts'
import { MOST_COUNTED, type TodayView } from '../../flow/desk/view-today.ts'
import type { DailyFigures } from '../../flow/ports/desk-ports.ts'
import { type Html, html } from '../page/html.ts'
import type { Check } from '../page/site.ts'
import { barChart } from './bar-chart.ts'
import type { DeskPage } from './desk-page.ts'
import { deskTable } from './desk-table.ts'
import { instant } from './instant.ts'
import { reasonField } from './reason-field.ts'

export type FiguresView = TodayView & { readonly checks: Readonly<Record<string, Check>> }

const DAY_MS = 86_400_000
const GIGABYTE = 1e9
/** A disk with less than this needs a look, bytes. */
const LITTLE_SPACE = 1e9
/** Nobody asks for all sending to be paused. */
const SENDING_REASONS = REASONS.filter((reason) => reason !== 'asked')
const COUNTS = ['due', 'sent', 'later', 'deferred', 'unconfirmed', 'setAside'] as const
/** Checks in the order of `checkReadiness`, of which the state of sending has a place of its own. */
const CHECKS = ['database', 'redis', 'claims', 'messages'] as const
const SERIES = ['sent', 'bounced', 'complained', 'signedUp', 'confirmed', 'stopped'] as const

const COUNT_KEYS = {
  due: 'desk.today.count.due',
  sent: 'desk.today.count.sent',
  later: 'desk.today.count.later',
  deferred: 'desk.today.count.deferred',
  unconfirmed: 'desk.today.count.unconfirmed',
  setAside: 'desk.today.count.set-aside',
} as const
const SERIES_KEYS = {
  sent: 'desk.today.series.sent',
  bounced: 'desk.today.series.bounced',
  complained: 'desk.today.series.complained',
  signedUp: 'desk.today.series.signed-up',
  confirmed: 'desk.today.series.confirmed',
  stopped: 'desk.today.series.stopped',
} as const

/** `mayPause`: whether this operator may pause and resume sending. */
export function todayPage(
  words: Words,
  view: FiguresView & { readonly days: readonly DailyFigures[] },
  mayPause: boolean,
): DeskPage {
  return {
    title: words.say('desk.today.title'),
    scripts: ['desk.js'],
    main: html`<h1>${words.say('desk.today.title')}</h1>
<div id="figures" data-figures="${deskPaths.figures()}">${figures(words, view)}</div>
${mayPause && switchOf(words, view)}
<section aria-labelledby="days"><h2 id="days">${words.say('desk.today.days')}</h2>
<div class="charts">
${SERIES.map((name) =>
  barChart(
    words,
    words.say(SERIES_KEYS[name]),
    view.days.map((day) => day[name]),
  ),
)}</div>
<details class="fold"><summary>${words.say('desk.today.as-table')}</summary>
${deskTable(
  words.say('desk.today.days'),
  [words.say('desk.today.day'), ...SERIES.map((name) => words.say(SERIES_KEYS[name]))],
  view.days
    .toReversed()
    .map((day) => [
      formatDate(words, day.day * DAY_MS, 'UTC'),
      ...SERIES.map((name) => formatNumber(words, day[name])),
    ]),
)}</details>
</section>`,
  }
}

/** What changes from one moment to the next. */
export function figures(words: Words, view: FiguresView): Html {
  const count = (number: number) =>
    number >= MOST_COUNTED
      ? words.say('desk.today.many', { most: formatNumber(words, MOST_COUNTED) })
      : formatNumber(words, number)
  return html`${sendingNotice(words, view)}
<dl class="counts">
${COUNTS.map((name) => html`<div><dt>${words.say(COUNT_KEYS[name])}</dt><dd>${name === 'sent' ? formatNumber(words, view.counts.sent) : count(view.counts[name])}</dd></div>\n`)}</dl>
${view.remarks.map((remark) => html`<p class="notice">${remark}</p>\n`)}
<h2>${words.say('desk.today.checks')}</h2>
${deskTable(
  words.say('desk.today.checks'),
  [words.say('desk.today.column.what'), words.say('desk.today.column.state'), words.say('desk.today.column.say')],
  [...CHECKS.flatMap((name) => checkRow(words, name, view.checks[name])), diskRow(words, view), backupRow(words, view)],
)}
<p class="quiet">${words.say('desk.today.as-of')} ${instant(words, view.now)}</p>`
}

/** Whether mail goes out and, if it does not, why and what to do. */
function sendingNotice(words: Words, { sending }: FiguresView): Html {
  if (sending.state === 'open') return html`<p class="notice">${words.say('desk.today.sending.open')}</p>`
  const next = sending.state === 'held' ? 'held' : sending.probeAt === null ? 'paused' : ('probing' as const)
  return html`<div class="notice notice-look">
<p><b>${words.say(`desk.today.sending.${sending.state}`)}</b> ${words.say('desk.today.since')} ${instant(words, sending.since)}: ${sending.reason}</p>
<p>${words.say(`desk.today.sending.next.${next}`)}</p>
</div>`
}

function checkRow(words: Words, name: (typeof CHECKS)[number], check: Check | undefined) {
  if (check === undefined) return []
  return [[words.say(`desk.today.check.${name}`), state(words, check.ok && !check.warning), check.say]]
}

function diskRow(words: Words, { freeBytes }: FiguresView) {
  const gigabytes = formatNumber(words, Number(((freeBytes ?? 0) / GIGABYTE).toFixed(1)))
  return [
    words.say('desk.today.check.disk'),
    state(words, freeBytes === null || freeBytes >= LITTLE_SPACE),
    freeBytes === null ? words.say('desk.today.unknown') : words.say('desk.today.free', { gigabytes }),
  ]
}

function backupRow(words: Words, { lastBackupAt, now }: FiguresView) {
  return [
    words.say('desk.today.check.backup'),
    state(words, lastBackupAt !== null && now - lastBackupAt < 2 * DAY_MS),
    lastBackupAt === null ? words.say('desk.today.no-backup') : instant(words, lastBackupAt),
  ]
}

function state(words: Words, isFine: boolean): Html {
  return html`<span class="badge${!isFine && ' badge-attention'}">${words.say(isFine ? 'desk.today.fine' : 'desk.today.look')}</span>`
}

function switchOf(words: Words, { sending }: FiguresView): Html | null {
  // A hold after a restore needs decisions that the command line asks for.
  if (sending.state === 'held') return null
  const act = sending.state === 'open' ? 'pause' : 'resume'
  const path = act === 'pause' ? deskPaths.pauseSending() : deskPaths.resumeSending()
  return html`<details class="fold"><summary>${words.say(`desk.today.${act}`)}</summary>
<form method="post" action="${path}">
<p>${words.say(`desk.today.${act}-body`)}</p>
${reasonField(words, 'reason', SENDING_REASONS)}
<p><button class="button${act === 'pause' && ' button-destructive'}" type="submit">${words.say(`desk.today.${act}-button`)}</button></p>
</form></details>`
}
