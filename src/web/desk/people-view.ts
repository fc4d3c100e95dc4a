import { deskPaths } from '../../core/desk/desk-paths.ts'
import type { EnrolmentStateOrPending } from '../../core/enrolment/enrolment-acts.ts'
import { type FoundAddress, LEAST_LETTERS, type ListedPerson } from '../../flow/desk/find-people.ts'
import { type DeskCursor, PEOPLE_EVENTS, type PeopleEvent, type PeopleFilter } from '../../flow/ports/desk-ports.ts'
import { type Html, html, on } from '../page/html.ts'
import type { DeskPage } from './desk-page.ts'
import { deskTable } from './desk-table.ts'
import type { DeskWords } from './desk-visit.ts'
import { instant } from './instant.ts'

export const PERSON_STATES = [
  ...(['pending', 'active', 'paused', 'stopped', 'finished'] as const),
] as const satisfies readonly EnrolmentStateOrPending[]

export interface PeopleView {
  readonly people: readonly ListedPerson[]
  readonly next: DeskCursor | null
  readonly filter: PeopleFilter
  /** A date of the chosen week, or the chosen day, as they were typed; '' for none. */
  readonly dates: { readonly week: string; readonly date: string }
  readonly courses: readonly string[]
}

export function peoplePage(words: DeskWords, view: PeopleView): DeskPage {
  const { people, next } = view
  return {
    title: words.say('desk.people.title'),
    main: html`<h1>${words.say('desk.people.title')}</h1>
${searchForm(words, '', null)}
${filterForm(words, view)}
${people.length === 0 ? html`<p>${words.say(next === null ? 'desk.people.none' : 'desk.people.none-yet')}</p>` : peopleTable(words, people, listedBy(view.filter))}
${next !== null && html`<p><a class="button button-secondary" href="${deskPaths.people()}?${nextQuery(view, next)}">${words.say('desk.people.next')}</a></p>`}`,
  }
}

/** Whose time is in the last column. Those who have not confirmed have none but that of their sign-up. */
function listedBy({ event, state }: PeopleFilter): PeopleEvent {
  return event ?? (state === 'pending' ? 'signed-up' : 'confirmed')
}

function peopleTable(words: DeskWords, people: readonly ListedPerson[], event: PeopleEvent): Html {
  const column = (key: 'address' | 'course' | 'state' | 'day') => words.say(`desk.people.column.${key}`)
  return deskTable(
    words.say('desk.people.title'),
    [column('address'), column('course'), column('state'), column('day'), words.say(`desk.people.event.${event}`)],
    people.map(({ learnerId, masked, course, state, day, since }) => [
      html`<a href="${deskPaths.person(learnerId)}">${masked}</a>`,
      course,
      words.say(`desk.states.${state}`),
      state === 'pending' ? '' : day,
      instant(words, since),
    ]),
  )
}

/** Posted, because an address does not belong in a URL. */
function searchForm(words: DeskWords, typed: string, error: string | null): Html {
  return html`<form method="post" action="${deskPaths.findPerson()}" class="filters">
<div class="field"><label for="address">${words.say('desk.people.address')}</label>
<p class="hint" id="address-hint">${words.say('desk.people.address-hint', { least: LEAST_LETTERS })}</p>
${error !== null && html`<p class="fault" id="fault-address" role="alert">${error}</p>\n`}<input id="address" name="address" value="${typed}" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="254" aria-describedby="address-hint"></div>
<p><button class="button" type="submit">${words.say('desk.people.find')}</button></p>
</form>`
}

function filterForm(words: DeskWords, { filter, dates, courses }: PeopleView): Html {
  const any = html`<option value="">${words.say('desk.audit.any')}</option>`
  return html`<form method="get" action="${deskPaths.people()}" class="filters">
<div class="field"><label for="course">${words.say('desk.people.column.course')}</label>
<select id="course" name="course">${any}${courses.map((name) => html`<option${on('selected', name === filter.course)}>${name}</option>`)}</select></div>
<div class="field"><label for="state">${words.say('desk.people.column.state')}</label>
<select id="state" name="state">${any}${PERSON_STATES.map((state) => html`<option value="${state}"${on('selected', state === filter.state)}>${words.say(`desk.states.${state}`)}</option>`)}</select></div>
<div class="field"><label for="day">${words.say('desk.people.column.day')}</label>
<input id="day" name="day" inputmode="numeric" maxlength="4" value="${filter.day}"></div>
<div class="field"><label for="event">${words.say('desk.people.by')}</label>
<select id="event" name="event">${PEOPLE_EVENTS.map((event) => html`<option value="${event}"${on('selected', event === listedBy(filter))}>${words.say(`desk.people.event.${event}`)}</option>`)}</select></div>
<div class="field"><label for="week">${words.say('desk.people.week')}</label>
<input id="week" name="week" type="date" value="${dates.week}"></div>
<div class="field"><label for="date">${words.say('desk.people.date')}</label>
<input id="date" name="date" type="date" value="${dates.date}"></div>
<label class="tick"><input type="checkbox" name="bounced" value="1"${on('checked', filter.bounced === true)}><span>${words.say('desk.people.bounced')}</span></label>
<p><button class="button button-secondary" type="submit">${words.say('desk.filter')}</button></p>
</form>`
}

function nextQuery({ filter, dates }: PeopleView, { at, id }: DeskCursor): string {
  const query = new URLSearchParams({
    ...(filter.course && { course: filter.course }),
    ...(filter.state && { state: filter.state }),
    ...(filter.day && { day: String(filter.day) }),
    ...(filter.event && { event: filter.event }),
    ...(dates.week && { week: dates.week }),
    ...(dates.date && { date: dates.date }),
    ...(filter.bounced && { bounced: '1' }),
    after: `${at}-${id}`,
  })
  return String(query)
}

export interface FoundView {
  readonly people: readonly FoundAddress[]
  /** After whom to go on; null at the end. */
  readonly next: number | null
  readonly typed: string
  readonly error: string | null
}

export function foundPage(words: DeskWords, { people, next, typed, error }: FoundView): DeskPage {
  return {
    title: words.say('desk.people.title'),
    main: html`<h1>${words.say('desk.people.title')}</h1>
${searchForm(words, typed, error)}
${error === null && people.length === 0 && html`<p role="status">${words.say('desk.people.nobody')}</p>`}
${people.length > 0 && html`<ul>${people.map(({ learnerId, masked }) => html`<li><a href="${deskPaths.person(learnerId)}">${masked}</a> <span class="quiet">${words.say('desk.person.title', { id: learnerId })}</span></li>\n`)}</ul>`}
${
  next !== null &&
  html`<form method="post" action="${deskPaths.findPerson()}"><input type="hidden" name="address" value="${typed}"><input type="hidden" name="after" value="${next}"><button class="button button-secondary" type="submit">${words.say('desk.people.next')}</button></form>`
}
<p><a href="${deskPaths.people()}">${words.say('desk.people.all')}</a></p>`,
  }
}
