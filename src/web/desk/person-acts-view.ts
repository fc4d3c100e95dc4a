import { deskPaths } from '../../core/desk/desk-paths.ts'
import { PERSON_ACTS, type PersonAct } from '../../core/desk/person-acts.ts'
import type { PersonCourse, PersonView } from '../../flow/desk/view-person.ts'
import { type Html, html } from '../page/html.ts'
import type { DeskPage } from './desk-page.ts'
import type { DeskWords } from './desk-visit.ts'
import { formerValueForm, valueField } from './person/value-field.ts'
import { noteField, reasonField } from './reason-field.ts'

/** One fold for each act, side by side: what it does, a reason and a note. `course`: what acts on a course are about. */
export function actForms(
  words: DeskWords,
  learnerId: number,
  acts: readonly PersonAct[],
  course: PersonCourse | null,
): Html {
  return html`<div class="acts">
${acts.map((act) => (act === 'erase' ? null : actForm(words, learnerId, act, course)))}</div>`
}

function actForm(
  words: DeskWords,
  learnerId: number,
  act: Exclude<PersonAct, 'erase'>,
  course: PersonCourse | null,
): Html | null {
  const former = course && formerValueForm(words, learnerId, act, course)
  const isChoice = act !== 'move-lesson' || course?.earlierDays.length !== 0
  if (!isChoice && former === null) return null
  return html`<details class="fold"><summary>${words.say(`desk.person.act.${act}`)}</summary>
${former}${isChoice && fieldsOf(words, learnerId, act, course)}</details>
`
}

function fieldsOf(
  words: DeskWords,
  learnerId: number,
  act: Exclude<PersonAct, 'erase'>,
  course: PersonCourse | null,
): Html {
  const id = `${act}-${course?.enrolment.id ?? 'address'}`
  const isHard = act === 'stop-course' || act === 'suppress'
  return html`<form method="post" action="${deskPaths.act(learnerId)}">
<p>${words.say(`desk.person.act-body.${act}`)}</p>
${course !== null && html`<input type="hidden" name="enrolment" value="${course.enrolment.id}">\n${valueField(words, id, act, course)}`}
${reasonField(words, `${id}-reason`, PERSON_ACTS[act].reasons)}
${noteField(words, `${id}-note`)}
<p><button class="button${isHard && ' button-destructive'}" type="submit" name="act" value="${act}">${words.say(`desk.person.act.${act}`)}</button></p>
</form>`
}

/** Asks before everything is deleted. */
export function erasePage(words: DeskWords, { id, address }: PersonView, error: string | null): DeskPage {
  return {
    title: words.say('desk.person.title', { id }),
    main: html`<div class="card narrow">
<h1>${words.say('desk.person.erase-heading')}</h1>
<p><b>${address}</b></p>
<p>${words.say('desk.person.erase-body', { id })}</p>
<form method="post" action="${deskPaths.erase(id)}">
${error !== null && html`<p class="fault" role="alert">${error}</p>`}
${reasonField(words, 'reason', PERSON_ACTS.erase.reasons)}
<p class="button-row"><button class="button button-destructive" type="submit">${words.say('desk.person.erase-button')}</button> <a class="button button-secondary" href="${deskPaths.person(id)}">${words.say('desk.person.keep')}</a></p>
</form>
</div>`,
  }
}
