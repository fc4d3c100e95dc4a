import { deskPaths } from '../../core/desk/desk-paths.ts'
import { ROLES } from '../../core/desk/roles.ts'
import type { Operator } from '../../flow/ports/desk-ports.ts'
import { html } from '../page/html.ts'
import type { DeskPage } from './desk-page.ts'
import { deskTable } from './desk-table.ts'
import type { DeskWords } from './desk-visit.ts'
import { instant } from './instant.ts'
import { answersForCell, grantForm } from './questions/answers-for-view.ts'

export interface OperatorsView {
  readonly all: readonly Operator[]
  readonly ownId: number
  /** Who answers the questions of which course. */
  readonly answersFor: readonly { readonly operatorId: number; readonly course: string }[]
  /** Every course. */
  readonly courses: readonly string[]
  readonly error: string | null
  /** What was done just now, from the query. */
  readonly done: string
}

const DONE = ['invited', 'not-emailed', 'changed', 'removed', 'granted', 'revoked'] as const

export function operatorsPage(words: DeskWords, view: OperatorsView): DeskPage {
  const { all, ownId, answersFor, courses, error, done } = view
  const column = (key: 'address' | 'role' | 'answers' | 'added' | 'act') => words.say(`desk.operators.column.${key}`)
  const known = DONE.find((one) => one === done)
  return {
    title: words.say('desk.operators.title'),
    main: html`<h1>${words.say('desk.operators.title')}</h1>
${known !== undefined && html`<p class="notice" role="status">${words.say(`desk.operators.done.${known}`)}</p>`}
${error !== null && html`<p class="notice notice-look" role="alert">${error}</p>`}
<p>${words.say('desk.operators.body')}</p>
${deskTable(
  words.say('desk.operators.title'),
  [column('address'), column('role'), column('answers'), column('added'), column('act')],
  all.map((operator) => {
    const { id, address, role, addedAt } = operator
    const answered = answersFor.filter(({ operatorId }) => operatorId === id).map(({ course }) => course)
    return [
      address,
      words.say(`desk.roles.${role}`),
      answersForCell(words, operator, answered),
      instant(words, addedAt),
      id === ownId
        ? words.say('desk.operators.you')
        : html`<form method="post" action="${deskPaths.removeOperator()}"><input type="hidden" name="operator" value="${id}"><button class="text-button text-destructive" type="submit">${words.say('desk.operators.remove')}<span class="away"> ${address}</span></button></form>`,
    ]
  }),
)}
<section class="card" aria-labelledby="invite"><h2 id="invite">${words.say('desk.operators.invite')}</h2>
<form method="post" action="${deskPaths.inviteOperator()}">
<div class="field"><label for="email">${words.say('desk.sign-in.address')}</label>
<p class="hint" id="email-hint">${words.say('desk.operators.invite-hint')}</p>
<input id="email" name="email" type="email" autocomplete="off" required maxlength="254" aria-describedby="email-hint"></div>
<div class="field"><label for="role">${words.say('desk.operators.column.role')}</label>
<select id="role" name="role">${ROLES.map((role) => html`<option value="${role}">${words.say(`desk.roles.${role}`)}: ${words.say(`desk.roles.may.${role}`)}</option>`)}</select></div>
<p><button class="button" type="submit">${words.say('desk.operators.invite-button')}</button></p>
</form></section>
${grantForm(words, all, courses)}`,
  }
}
