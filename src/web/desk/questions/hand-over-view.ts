import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { Words } from '../../../core/words.ts'
import type { Handover } from '../../../flow/desk/questions/hand-over.ts'
import type { Operator } from '../../../flow/ports/desk-ports.ts'
import { html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'

/** Chosen instead of a colleague. */
export const INBOX = 'inbox'

export interface HandOverView {
  readonly handovers: readonly Handover[]
  readonly operators: readonly Operator[]
  /** What is done after the choice. */
  readonly path: string
  readonly fields: Readonly<Record<string, string>>
}

export function heirField(course: string): string {
  return `heir-${course}`
}

/** Asks who gets what somebody is assigned, before they stop answering. */
export function handOverPage(words: Words, { handovers, operators, path, fields }: HandOverView): DeskPage {
  const title = words.say('desk.hand-over.title')
  return {
    title,
    main: html`<div class="card narrow"><h1>${title}</h1>
<p>${words.say('desk.hand-over.body')}</p>
<form method="post" action="${path}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${handovers.map(
  ({
    course,
    count,
    colleagues,
  }) => html`<div class="field"><label for="${heirField(course)}">${words.say('desk.hand-over.who', { course, count })}</label>
<select id="${heirField(course)}" name="${heirField(course)}" required><option value="">${words.say('desk.reasons.choose')}</option>${operators.filter(({ id }) => colleagues.includes(id)).map(({ id, address }) => html`<option value="${id}">${address}</option>`)}<option value="${INBOX}">${words.say('desk.hand-over.inbox')}</option></select></div>
`,
)}
<p class="button-row"><button class="button" type="submit">${words.say('desk.hand-over.button')}</button> <a class="button button-secondary" href="${deskPaths.operators()}">${words.say('desk.hand-over.back')}</a></p>
</form></div>`,
  }
}
