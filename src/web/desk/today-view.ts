import { formatDate, formatNumber } from '../../core/delivery/local-time.ts'
import { REASONS } from '../../core/desk/audit.ts'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import type { MessageKey } from '../../core/words.ts'
import { MOST_COUNTED } from '../../flow/desk/most-counted.ts'
import type { OverdueQuestions } from '../../flow/desk/questions/overdue-questions.ts'
import type { TodayView } from '../../flow/desk/view-today.ts'
import type { DailyFigures, ListedState, PeopleEvent } from '../../flow/ports/desk-ports.ts'
import { type Html, html } from '../page/html.ts'
import type { Check } from '../page/site.ts'
import { barChart } from './bar-chart.ts'
import type { DeskRoute } from './desk-access.ts'
import type { DeskPage } from './desk-page.ts'
import { deskTable } from './desk-table.ts'
import type { DeskWords } from './desk-visit.ts'
import { instant } from './instant.ts'
import { overdueNotices } from './questions/overdue-view.ts'
import { reasonField } from './reason-field.ts'

export type FiguresView = TodayView & {
  readonly checks: Readonly<Record<string, Check>>
  readonly overdue: readonly OverdueQuestions[]
  /** The courses whose questions this operator answers. */
  readonly answersFor: readonly string[]
}

const DAY_MS = 86_400_000
const GIGABYTE = 1e9
/** A disk with less than this needs a look, bytes. */
const LITTLE_SPACE = 1e9
/** Nobody asks for all sending to be paused. */
const SENDING_REASONS = REASONS.filter((reason) => reason !== 'asked')
/** The list that a number counts: the route that says who may open it, and its address. `date` is a UTC day. */
interface CountedList {
  readonly route: DeskRoute
  readonly path: (date: string) => string
}

const deliveriesIn = (state: ListedState, isOfDay = false): CountedList => ({
  route: 'get /desk/deliveries',
  path: (date) => `${deskPaths.deliveries()}?${new URLSearchParams({ state, ...(isOfDay && { date }) })}`,
})
const peopleBy = (event: PeopleEvent): CountedList => ({
  route: 'get /desk/people',
  path: (date) => `${deskPaths.people()}?${new URLSearchParams({ event, date })}`,
})

const COUNTS = {
  due: { key: 'desk.today.count.due', list: deliveriesIn('due') },
  sent: { key: 'desk.today.count.sent', list: deliveriesIn('accepted', true) },
  soon: { key: 'desk.today.count.soon', list: deliveriesIn('soon') },
  deferred: { key: 'desk.today.count.deferred', list: deliveriesIn('deferred') },
  unconfirmed: { key: 'desk.today.count.unconfirmed', list: deliveriesIn('unconfirmed') },
  setAside: { key: 'desk.today.count.set-aside', list: { route: 'get /desk/set-aside', path: deskPaths.setAside } },
  unbuilt: { key: 'desk.today.count.unbuilt', list: { route: 'get /desk/set-aside', path: deskPaths.setAside } },
  suppressed: {
    key: 'desk.today.count.suppressed',
    list: { route: 'get /desk/suppression', path: deskPaths.suppression },
  },
} as const satisfies Readonly<Record<keyof TodayView['counts'], { key: MessageKey; list: CountedList }>>

const SERIES = {
  sent: { key: 'desk.today.series.sent', list: deliveriesIn('accepted', true) },
  bounced: { key: 'desk.today.series.bounced', list: deliveriesIn('bounced', true) },
  complained: { key: 'desk.today.series.complained', list: deliveriesIn('complained', true) },
  signedUp: { key: 'desk.today.series.signed-up', list: peopleBy('signed-up') },
  confirmed: { key: 'desk.today.series.confirmed', list: peopleBy('confirmed') },
  stopped: { key: 'desk.today.series.stopped', list: peopleBy('stopped') },
} as const satisfies Readonly<Record<Exclude<keyof DailyFigures, 'day'>, { key: MessageKey; list: CountedList }>>

const COUNT_NAMES = Object.keys(COUNTS) as (keyof typeof COUNTS)[]
const SERIES_NAMES = Object.keys(SERIES) as (keyof typeof SERIES)[]

/** Checks in the order of `checkReadiness`, of which the state of sending has a place of its own. */
const CHECKS = ['database', 'redis', 'claims', 'messages'] as const
/** Which routes this operator may open. */
export type MayOpen = (route: DeskRoute) => boolean

export function todayPage(
  words: DeskWords,
  view: FiguresView & { readonly days: readonly DailyFigures[] },
  mayOpen: MayOpen,
): DeskPage {
  return {
    title: words.say('desk.today.title'),
    scripts: ['desk.js'],
    main: html`<h1>${words.say('desk.today.title')}</h1>
<div id="figures" data-figures="${deskPaths.figures()}">${figures(words, view, mayOpen)}</div>
${mayOpen('post /desk/sending/pause') && switchOf(words, view)}
<section aria-labelledby="days"><h2 id="days">${words.say('desk.today.days')}</h2>
<div class="charts">
${SERIES_NAMES.map((name) =>
  barChart(
    words,
    words.say(SERIES[name].key),
    view.days.map((day) => day[name]),
  ),
)}</div>
<details class="fold"><summary>${words.say('desk.today.as-table')}</summary>
${daysTable(words, view.days, mayOpen)}</details>
</section>`,
  }
}

function daysTable(words: DeskWords, days: readonly DailyFigures[], mayOpen: MayOpen): Html {
  return deskTable(
    words.say('desk.today.days'),
    [words.say('desk.today.day'), ...SERIES_NAMES.map((name) => words.say(SERIES[name].key))],
    days.toReversed().map((figures) => {
      const at = figures.day * DAY_MS
      const day = formatDate(words, at, 'UTC')
      return [
        day,
        ...SERIES_NAMES.map((name) => {
          // Most days have none, and nobody needs an empty list of each.
          if (figures[name] === 0) return formatNumber(words, 0)
          const what = html`<span class="away"> ${words.say(SERIES[name].key)}, ${day}</span>`
          return linked(SERIES[name].list, at, mayOpen, html`${formatNumber(words, figures[name])}${what}`)
        }),
      ]
    }),
    { ofNumbers: true },
  )
}

/** A number that leads to the list that it counts, for those who may open it. `at`: an instant of the UTC day. */
function linked(list: CountedList, at: number, mayOpen: MayOpen, number: Html | string): Html | string {
  if (!mayOpen(list.route)) return number
  return html`<a href="${list.path(new Date(at).toISOString().slice(0, 10))}">${number}</a>`
}

/** What changes from one moment to the next. */
export function figures(words: DeskWords, view: FiguresView, mayOpen: MayOpen): Html {
  const count = (name: keyof typeof COUNTS) =>
    name === 'sent' ? formatNumber(words, view.counts.sent) : countText(words, view.counts[name])
  return html`${sendingNotice(words, view)}
<dl class="counts">
${COUNT_NAMES.map((name) => html`<div><dt>${words.say(COUNTS[name].key)}</dt><dd>${linked(COUNTS[name].list, view.now, mayOpen, count(name))}</dd></div>\n`)}</dl>
${overdueNotices(words, view.overdue, view.answersFor)}
${view.remarks.map((remark) => html`<p class="notice">${remark}</p>\n`)}
<h2>${words.say('desk.today.checks')}</h2>
${deskTable(
  words.say('desk.today.checks'),
  [words.say('desk.today.column.what'), words.say('desk.today.column.state'), words.say('desk.today.column.say')],
  [
    relayRow(words, view),
    ...CHECKS.flatMap((name) => checkRow(words, name, view.checks[name])),
    diskRow(words, view),
    backupRow(words, view),
  ],
)}
<p class="quiet">${words.say('desk.today.as-of')} ${instant(words, view.now)}</p>`
}

/** A number that was counted up to `MOST_COUNTED`. */
export function countText(words: DeskWords, number: number): string {
  return number >= MOST_COUNTED
    ? words.say('desk.today.many', { most: formatNumber(words, MOST_COUNTED) })
    : formatNumber(words, number)
}

/** Whether mail goes out and, if it does not, why and what to do. */
function sendingNotice(words: DeskWords, { sending, checks }: FiguresView): Html {
  if (sending.state === 'open' && checks.claims?.ok === false)
    return html`<div class="notice notice-look">
<p><b>${words.say('desk.today.sending.stuck')}</b>: ${checks.claims.say}</p>
<p>${words.say('desk.today.sending.next.stuck')}</p>
</div>`
  if (sending.state === 'open') return html`<p class="notice">${words.say('desk.today.sending.open')}</p>`
  const next = sending.state === 'held' ? 'held' : sending.probeAt === null ? 'paused' : ('probing' as const)
  return html`<div class="notice notice-look">
<p><b>${words.say(`desk.today.sending.${sending.state}`)}</b> ${words.say('desk.today.since')} ${instant(words, sending.since)}: ${sending.reason}</p>
<p>${words.say(`desk.today.sending.next.${next}`)}</p>
</div>`
}

/** What the last attempts say about the relay: nobody asks it just to know. */
function relayRow(words: DeskWords, { sending }: FiguresView) {
  const { failures } = sending
  const isFine = failures === 0 && sending.refusedSince === null
  return [
    words.say('desk.today.check.relay'),
    state(words, isFine),
    failures > 0
      ? words.say('desk.today.relay.failures', { failures })
      : sending.refusedSince === null
        ? words.say('desk.today.relay.fine')
        : html`${words.say('desk.today.relay.refused')} ${instant(words, sending.refusedSince)}`,
  ]
}

function checkRow(words: DeskWords, name: (typeof CHECKS)[number], check: Check | undefined) {
  if (check === undefined) return []
  return [[words.say(`desk.today.check.${name}`), state(words, check.ok && !check.warning), check.say]]
}

function diskRow(words: DeskWords, { freeBytes }: FiguresView) {
  const gigabytes = formatNumber(words, Number(((freeBytes ?? 0) / GIGABYTE).toFixed(1)))
  return [
    words.say('desk.today.check.disk'),
    state(words, freeBytes === null || freeBytes >= LITTLE_SPACE),
    freeBytes === null ? words.say('desk.today.unknown') : words.say('desk.today.free', { gigabytes }),
  ]
}

function backupRow(words: DeskWords, { lastBackupAt, now }: FiguresView) {
  return [
    words.say('desk.today.check.backup'),
    state(words, lastBackupAt !== null && now - lastBackupAt < 2 * DAY_MS),
    lastBackupAt === null ? words.say('desk.today.no-backup') : instant(words, lastBackupAt),
  ]
}

function state(words: DeskWords, isFine: boolean): Html {
  return html`<span class="badge${!isFine && ' badge-attention'}">${words.say(isFine ? 'desk.today.fine' : 'desk.today.look')}</span>`
}

function switchOf(words: DeskWords, { sending }: FiguresView): Html | null {
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
