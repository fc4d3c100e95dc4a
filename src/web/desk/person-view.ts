import { formatHour, formatList } from '../../core/delivery/local-time.ts'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import { actsOnAddress, actsOnCourse, isPersonAct, type PersonAct } from '../../core/desk/person-acts.ts'
import type { Consent, PersonCourse, PersonView } from '../../flow/desk/view-person.ts'
import { type Html, html, type Piece } from '../page/html.ts'
import { ledgerTable } from './deliveries/ledger-view.ts'
import type { DeskPage } from './desk-page.ts'
import type { DeskWords } from './desk-visit.ts'
import { instant, instantThere, on24Hours } from './instant.ts'
import { actForms } from './person-acts-view.ts'

/** What became of an act just now: the act, or what was wrong; '' and null for nothing. */
export interface ActResult {
  readonly done: string
  readonly error: string | null
}

/** The title names nobody: it stays in the history of the browser. */
export function personPage(words: DeskWords, person: PersonView, { done, error }: ActResult): DeskPage {
  const { id, address, since, suppression, nowAt, courses, consents, others } = person
  return {
    title: words.say('desk.person.title', { id }),
    main: html`<p><a href="${deskPaths.people()}">${words.say('desk.people.title')}</a></p>
<h1>${address}</h1>
${isShownAsDone(done) && html`<p class="notice" role="status">${words.say('desk.person.done')} ${words.say(`desk.acts.${done}`)}</p>`}
${error !== null && html`<p class="notice notice-look" role="alert">${error}</p>`}
<p class="quiet">${words.say('desk.person.number', { id })} ${words.say('desk.person.since')} ${instant(words, since)}</p>
${suppression !== null && html`<p class="notice notice-look">${words.say('desk.person.suppressed')} ${instant(words, suppression.since)}: ${suppression.reason}</p>`}
${nowAt !== null && html`<p class="notice"><a href="${deskPaths.person(nowAt)}">${words.say('desk.person.former-address')}</a></p>`}
${courses.map((course) => courseCard(words, id, course))}
<h2>${words.say('desk.person.acts-whole')}</h2>
${actForms(words, id, actsOnAddress(suppression !== null), null)}
<p class="button-row">${courses.length > 0 && html`<a class="button button-secondary" href="${deskPaths.correctAddress(id)}">${words.say('desk.person.address')}</a> `}<a class="button button-secondary" href="${deskPaths.exportPerson(id)}">${words.say('desk.person.export')}</a> <a class="button button-secondary button-destructive" href="${deskPaths.erase(id)}">${words.say('desk.person.erase')}</a></p>
${others.length > 0 && html`<h2>${words.say('desk.person.confirmations')}</h2>\n${ledgerTable(words, words.say('desk.person.confirmations'), others, null)}`}
<h2>${words.say('desk.person.consent')}</h2>
${consents.map((consent) => consentCard(words, consent))}`,
  }
}

function isShownAsDone(act: string): act is PersonAct | 'correct-address' {
  return isPersonAct(act) || act === 'correct-address'
}

function courseCard(words: DeskWords, learnerId: number, course: PersonCourse): Html {
  const { enrolment, day, ledger } = course
  const { timeZone } = enrolment
  const acts = actsOnCourse(enrolment)
  const heading = `course-${enrolment.id}`
  return html`<section class="card after-card" aria-labelledby="${heading}"><h2 id="${heading}">${enrolment.course} <span class="badge">${words.say(`desk.states.${enrolment.state}`)}</span></h2>
${facts([
  [words.say('desk.person.day'), day],
  [words.say('desk.person.confirmed'), instant(words, enrolment.confirmedAt)],
  ...(enrolment.pause === null
    ? []
    : [[words.say('desk.person.paused-until'), instantThere(words, enrolment.pause.until, timeZone)] as const]),
  ...(enrolment.checkInsStoppedAt === null
    ? []
    : [[words.say('desk.person.check-ins-stopped'), instant(words, enrolment.checkInsStoppedAt)] as const]),
  ...settingsOf(words, enrolment),
])}
${
  acts.length > 0 &&
  html`<h3>${words.say('desk.person.acts')}</h3>
${actForms(words, learnerId, acts, course)}`
}
<h3>${words.say('desk.person.ledger')}</h3>
${ledgerTable(words, words.say('desk.person.ledger'), ledger, timeZone)}
</section>
`
}

function settingsOf(words: DeskWords, enrolment: PersonCourse['enrolment']): (readonly [string, Piece])[] {
  const { name, timeZone, hour, pace, language, reminderHour } = enrolment
  const switches = (['discreet', 'webOnly', 'shortEmails'] as const)
    .filter((setting) => enrolment[setting] === true)
    .map((setting) => words.say(`desk.person.setting.${SWITCHES[setting]}`))
  return [
    ...(name === '' ? [] : [[words.say('desk.person.name'), name] as const]),
    [words.say('desk.person.hour'), `${formatHour(on24Hours(words), hour)}, ${timeZone}`],
    [words.say('desk.person.pace'), words.say(`desk.paces.${pace}`)],
    ...(language === null ? [] : [[words.say('desk.person.language'), language] as const]),
    ...(reminderHour === null
      ? []
      : [[words.say('desk.person.reminder'), formatHour(on24Hours(words), reminderHour)] as const]),
    ...(switches.length === 0
      ? []
      : [[words.say('desk.person.settings'), formatList(words, switches, 'unit')] as const]),
  ]
}

const SWITCHES = { discreet: 'discreet', webOnly: 'web-only', shortEmails: 'short-emails' } as const

export function facts(pairs: readonly (readonly [name: string, value: Piece])[]): Html {
  return html`<dl class="facts">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`
}

function consentCard(
  words: DeskWords,
  { id, course, wording, createdAt, confirmedAt, declinedAt, text }: Consent,
): Html {
  return html`<section class="card after-card"><h3>${course}</h3>
${facts([
  [words.say('desk.person.asked'), instant(words, createdAt)],
  [
    words.say('desk.person.button'),
    confirmedAt === null ? words.say('desk.account.never') : instant(words, confirmedAt),
  ],
  ...(declinedAt === null ? [] : [[words.say('desk.person.declined'), instant(words, declinedAt)] as const]),
  [words.say('desk.person.wording'), wording],
])}
${text === null ? html`<p class="quiet">${words.say('desk.person.other-wording')}</p>` : html`<blockquote>${text}</blockquote>`}
<p><a class="button button-secondary" href="${deskPaths.consent(id)}">${words.say('desk.consent.open')}</a></p>
</section>
`
}
