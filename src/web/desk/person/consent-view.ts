import { formatNumber } from '../../../core/delivery/local-time.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { CONSENT_EXPORT_REASONS, type ConsentView } from '../../../flow/desk/person/view-consent.ts'
import { type Html, html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'
import { facts } from '../person-view.ts'
import { reasonField } from '../reason-field.ts'

/** The wording, both acts with their times, and the email with the button. */
export function consentPage(words: DeskWords, view: ConsentView, error: string | null): DeskPage {
  const { id, learnerId, course, wording, text, askedAt, confirmedAt, declinedAt } = view
  return {
    title: words.say('desk.consent.title', { id }),
    main: html`<p><a href="${deskPaths.person(learnerId)}">${words.say('desk.person.title', { id: learnerId })}</a></p>
<h1>${words.say('desk.consent.title', { id })}</h1>
<section class="card after-card" aria-labelledby="acts"><h2 id="acts">${course}</h2>
${facts([
  [words.say('desk.person.asked'), instant(words, askedAt)],
  [
    words.say('desk.person.button'),
    confirmedAt === null ? words.say('desk.account.never') : instant(words, confirmedAt),
  ],
  ...(declinedAt === null ? [] : [[words.say('desk.person.declined'), instant(words, declinedAt)] as const]),
  [words.say('desk.person.wording'), wording],
])}
${text === null ? html`<p class="quiet">${words.say('desk.person.other-wording')}</p>` : html`<blockquote>${text}</blockquote>`}
</section>
<section class="card after-card" aria-labelledby="email"><h2 id="email">${words.say('desk.consent.email')}</h2>
${emailOf(words, view, error)}
</section>`,
  }
}

function emailOf(words: DeskWords, { id, delivery, email }: ConsentView, error: string | null): Html {
  if (delivery === null) return html`<p>${words.say('desk.consent.none-sent')}</p>`
  const sent = [
    [words.say('desk.ledger.handed-over'), instant(words, delivery.handedOverAt)],
    [
      words.say('desk.consent.delivery'),
      html`<a href="${deskPaths.delivery(delivery.id)}">${words.say('desk.consent.story')}</a>`,
    ],
  ] as const
  if (email === null) return html`${facts(sent)}\n<p>${words.say('desk.consent.not-kept')}</p>`
  return html`${facts([
    ...sent,
    [words.say('desk.consent.bytes'), formatNumber(words, email.bytes)],
    [words.say('desk.consent.sha256'), html`<code class="hash">${email.sha256}</code>`],
  ])}
<p>${words.say(email.isWhole ? 'desk.consent.whole' : 'desk.consent.without-to')}</p>
<p>${words.say('desk.consent.masked')}</p>
<details class="fold"><summary>${words.say('desk.consent.header')}</summary>
<pre class="message" tabindex="0">${email.header}</pre></details>
<details class="fold" open><summary>${words.say('desk.consent.text')}</summary>
<pre class="message" tabindex="0">${email.text}</pre></details>
<form method="post" action="${deskPaths.exportConsent(id)}">
<p>${words.say('desk.consent.export-body')}</p>
${error !== null && html`<p class="fault" role="alert">${error}</p>`}
${reasonField(words, 'reason', CONSENT_EXPORT_REASONS)}
<p><button class="button" type="submit">${words.say('desk.consent.export')}</button></p>
</form>`
}
