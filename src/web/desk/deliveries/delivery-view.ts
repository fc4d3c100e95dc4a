import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { RESEND_REASONS } from '../../../flow/desk/deliveries/resend-lesson.ts'
import type { DeliveryView } from '../../../flow/desk/deliveries/view-delivery.ts'
import { type Html, html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import type { DeskWords } from '../desk-visit.ts'
import { facts } from '../person-view.ts'
import { reasonField } from '../reason-field.ts'
import { VERDICTS, verdictButtons } from './deliveries-view.ts'
import { attemptList, bothTimes, kindAndDay, story } from './ledger-view.ts'

/** `done`: what was decided just now, from the query. */
export function deliveryPage(words: DeskWords, view: DeliveryView, done: string): DeskPage {
  const { line, learnerId, masked, course, timeZone, messageId, sentAgainBy, mayResend } = view
  const due = bothTimes(words, line.dueAt, timeZone)
  const decided = ([...VERDICTS, 'resend'] as const).find((one) => one === done)
  return {
    title: words.say('desk.delivery.title', { id: line.id }),
    main: html`<p><a href="${deskPaths.deliveries()}">${words.say('desk.deliveries.title')}</a></p>
<h1>${kindAndDay(words, line)} <span class="badge">${words.say(`desk.delivery-states.${line.state}`)}</span></h1>
${decided !== undefined && html`<p class="notice" role="status">${words.say(`desk.delivery.done.${decided}`)}</p>`}
${facts([
  [words.say('desk.deliveries.column.person'), html`<a href="${deskPaths.person(learnerId)}">${masked}</a>`],
  ...(course === '' ? [] : [[words.say('desk.deliveries.column.course'), course] as const]),
  ...(due === null ? [] : [[words.say('desk.ledger.column.due'), due] as const]),
  ...(messageId === null ? [] : [[words.say('desk.delivery.message-id'), html`<code>${messageId}</code>`] as const]),
  ...otherCopy(words, 'sends-again', line.resendOf),
  ...otherCopy(words, 'sent-again', sentAgainBy),
])}
<h2>${words.say('desk.ledger.column.story')}</h2>
<p>${story(words, line, timeZone)}</p>
${line.attempts.length > 0 && html`<h2>${words.say('desk.ledger.attempts-heading')}</h2>\n${attemptList(words, line, timeZone)}`}
${
  line.state === 'unconfirmed' &&
  html`<section class="card" aria-labelledby="settle"><h2 id="settle">${words.say('desk.delivery.settle')}</h2>
<form method="post" action="${deskPaths.settle(line.id)}">
<p>${words.say('desk.delivery.settle-body')}</p>
${verdictButtons(words)}
</form></section>`
}
${
  mayResend &&
  html`<details class="fold"><summary>${words.say('desk.delivery.resend')}</summary>
<form method="post" action="${deskPaths.resend(line.id)}">
<p>${words.say('desk.delivery.resend-body')}</p>
${reasonField(words, 'reason', RESEND_REASONS)}
<p><button class="button" type="submit">${words.say('desk.delivery.resend')}</button></p>
</form></details>`
}`,
  }
}

/** A lesson that is sent once more is a delivery of its own; each leads to the other. */
function otherCopy(
  words: DeskWords,
  key: 'sends-again' | 'sent-again',
  id: number | null,
): (readonly [string, Html])[] {
  if (id === null) return []
  const name = words.say('desk.delivery.email', { id })
  return [[words.say(`desk.delivery.${key}`), html`<a href="${deskPaths.delivery(id)}">${name}</a>`]]
}
