import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { NEVER } from '../../../core/model.ts'
import type { Verdict } from '../../../flow/delivery/settle-unconfirmed.ts'
import type { ListedDelivery } from '../../../flow/desk/deliveries/list-deliveries.ts'
import type { SettledCounts } from '../../../flow/desk/deliveries/settle-delivery.ts'
import type { DeliveryFilter, DeskCursor, ListedState } from '../../../flow/ports/desk-ports.ts'
import { type Html, html, on } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import { deskTable } from '../desk-table.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'
import { kindAndDay } from './ledger-view.ts'

export const LISTED_STATES = [
  ...(['due', 'soon', 'unconfirmed', 'deferred', 'failed', 'expired', 'planned', 'leased'] as const),
  ...(['sent', 'accepted', 'bounced', 'complained', 'cancelled'] as const),
] as const satisfies readonly ListedState[]

/** Those of which "Today" counts more than has a row. */
const COUNTED = ['accepted', 'bounced', 'complained'] as const satisfies readonly ListedState[]

export const VERDICTS = ['arrived', 'send-again'] as const satisfies readonly Verdict[]

/** What was settled just now. */
export type Result = SettledCounts

export interface DeliveriesView {
  readonly deliveries: readonly ListedDelivery[]
  readonly next: DeskCursor | null
  readonly filter: DeliveryFilter
  /** The chosen date, as it was typed; '' for none. */
  readonly date: string
  readonly courses: readonly string[]
  readonly result: Result | null
}

export function deliveriesPage(words: DeskWords, view: DeliveriesView): DeskPage {
  const { deliveries, next, filter, result } = view
  return {
    title: words.say('desk.deliveries.title'),
    main: html`<h1>${words.say('desk.deliveries.title')}</h1>
${result !== null && html`<p class="notice" role="status">${words.say('desk.deliveries.settled', { ...result })}</p>`}
<p><a href="${deskPaths.setAside()}">${words.say('desk.deliveries.set-aside')}</a></p>
${filterForm(words, view)}
${filter.state !== undefined && COUNTED.some((state) => state === filter.state) && html`<p class="quiet">${words.say('desk.deliveries.counted')}</p>`}
${deliveries.length === 0 ? html`<p>${words.say(next === null ? 'desk.deliveries.none' : 'desk.deliveries.none-yet')}</p>` : deliveriesTable(words, deliveries)}
${next !== null && html`<p><a class="button button-secondary" href="${deskPaths.deliveries()}?${nextQuery(view, next)}">${words.say('desk.people.next')}</a></p>`}
${filter.state === 'unconfirmed' && deliveries.length > 0 && settleAll(words)}`,
  }
}

function deliveriesTable(words: DeskWords, deliveries: readonly ListedDelivery[]): Html {
  const column = (key: 'email' | 'person' | 'course' | 'state' | 'due' | 'settled') =>
    words.say(`desk.deliveries.column.${key}`)
  return deskTable(
    words.say('desk.deliveries.title'),
    [column('email'), column('person'), column('course'), column('state'), column('due'), column('settled')],
    deliveries.map(({ id, learnerId, masked, course, state, dueAt, settledAt, ...email }) => [
      html`<a href="${deskPaths.delivery(id)}">${kindAndDay(words, email)}</a>`,
      html`<a href="${deskPaths.person(learnerId)}">${masked}</a>`,
      course,
      words.say(`desk.delivery-states.${state}`),
      dueAt === NEVER ? words.say('desk.deliveries.waits') : instant(words, dueAt),
      settledAt !== null && instant(words, settledAt),
    ]),
  )
}

function filterForm(words: DeskWords, { filter, date, courses }: DeliveriesView): Html {
  const any = html`<option value="">${words.say('desk.audit.any')}</option>`
  return html`<form method="get" action="${deskPaths.deliveries()}" class="filters">
<div class="field"><label for="state">${words.say('desk.deliveries.column.state')}</label>
<select id="state" name="state"><option value="">${words.say('desk.deliveries.until-now')}</option>${LISTED_STATES.map((state) => html`<option value="${state}"${on('selected', state === filter.state)}>${words.say(`desk.listed-states.${state}`)}</option>`)}</select></div>
<div class="field"><label for="course">${words.say('desk.deliveries.column.course')}</label>
<select id="course" name="course">${any}${courses.map((name) => html`<option${on('selected', name === filter.course)}>${name}</option>`)}</select></div>
<div class="field"><label for="day">${words.say('desk.deliveries.day')}</label>
<input id="day" name="day" inputmode="numeric" maxlength="4" value="${filter.day}"></div>
<div class="field"><label for="date">${words.say('desk.deliveries.date')}</label>
<input id="date" name="date" type="date" value="${date}"></div>
<p><button class="button button-secondary" type="submit">${words.say('desk.filter')}</button></p>
</form>`
}

/** Each verdict with a button of its own, because nothing is chosen beforehand. */
export function verdictButtons(words: DeskWords): Html {
  return html`<p class="button-row">${VERDICTS.map((verdict) => html`<button class="button button-secondary" type="submit" name="as" value="${verdict}">${words.say(`desk.deliveries.${verdict}`)}</button> `)}</p>`
}

function settleAll(words: DeskWords): Html {
  return html`<details class="fold"><summary>${words.say('desk.deliveries.all')}</summary>
<form method="post" action="${deskPaths.settleAll()}">
<p>${words.say('desk.deliveries.all-body')}</p>
${verdictButtons(words)}
</form></details>`
}

function nextQuery({ filter, date }: DeliveriesView, { at, id }: DeskCursor): string {
  const query = new URLSearchParams({
    ...(filter.state && { state: filter.state }),
    ...(filter.course && { course: filter.course }),
    ...(filter.day && { day: String(filter.day) }),
    ...(date && { date }),
    after: `${at}-${id}`,
  })
  return String(query)
}
