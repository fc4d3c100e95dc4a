import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { Words } from '../../../core/words.ts'
import type { Operator } from '../../../flow/ports/desk-ports.ts'
import { type Html, html } from '../../page/html.ts'

/** The courses that somebody answers for, each with the button that takes it away. */
export function answersForCell(words: Words, { id, address }: Operator, courses: readonly string[]): Html {
  return html`${courses.map((course) => html`<form method="post" action="${deskPaths.answersFor()}"><input type="hidden" name="operator" value="${id}"><input type="hidden" name="course" value="${course}">${course} <button class="text-button text-destructive" type="submit" name="as" value="revoke">${words.say('desk.operators.revoke')}<span class="away"> ${course}, ${address}</span></button></form>`)}`
}

/** Gives somebody a course to answer for. */
export function grantForm(words: Words, operators: readonly Operator[], courses: readonly string[]): Html {
  return html`<section class="card" aria-labelledby="answers"><h2 id="answers">${words.say('desk.operators.grant')}</h2>
<p>${words.say('desk.operators.grant-body')}</p>
<form method="post" action="${deskPaths.answersFor()}">
<div class="field"><label for="operator">${words.say('desk.operators.column.address')}</label>
<select id="operator" name="operator">${operators.map(({ id, address }) => html`<option value="${id}">${address}</option>`)}</select></div>
<div class="field"><label for="course">${words.say('desk.operators.column.course')}</label>
<select id="course" name="course">${courses.map((course) => html`<option>${course}</option>`)}</select></div>
<p><button class="button" type="submit" name="as" value="grant">${words.say('desk.operators.grant-button')}</button></p>
</form></section>`
}
