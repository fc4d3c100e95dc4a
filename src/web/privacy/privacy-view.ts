import { UNCONFIRMED_SIGN_UP_DAYS } from '../../core/retention.ts'
import {
  EMAILED_LINK_MINUTES,
  FRESH_SESSION,
  LIBRARY_PASS_AGE,
  SESSION_IDLE,
  SESSION_MAX_AGE,
} from '../../core/security/session.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import type { PrivacySettings } from '../page/site.ts'
import { retention } from './retention.ts'

const days = (ms: number) => ms / 86_400_000

/** What the pages of any course have that leaves something in a browser. */
export interface PrivacyFeatures {
  readonly quickExit: boolean
  /** A library that only people who take the course may read. */
  readonly membersLibrary: boolean
  /** A course in which learners ask its author. */
  readonly questions: boolean
}

/** What is stored and who has access, for all courses. */
export function privacyPage(
  words: Words,
  settings: PrivacySettings,
  { quickExit, membersLibrary, questions }: PrivacyFeatures,
): Page {
  const title = words.say('privacy.title')
  const basis = settings.legalBasis ?? words.say('privacy.responsible.consent')
  const cookie = { days: days(SESSION_MAX_AGE), idle: days(SESSION_IDLE), exit: quickExit ? 'yes' : 'no' }
  return page({
    title,
    main: html`<article class="prose card">
<h1>${title}</h1>
<p class="lead">${words.say('privacy.lead')}</p>
<h2>${words.say('privacy.responsible.heading')}</h2>
<p data-controller>${withLineBreaks(settings.controller)}</p>
<p>${marked(words.say('privacy.responsible.contact', { contact: settings.contact }), { contact })}</p>
<p>${words.say('privacy.responsible.legal-basis', { basis })}</p>
<h2>${words.say('privacy.kept.heading')}</h2>
<ul>
<li>${words.say('privacy.kept.address')}</li>
<li>${words.say('privacy.kept.choices')}</li>
<li>${words.say('privacy.kept.consent')}</li>
<li>${words.say('privacy.kept.lessons')}</li>
<li>${words.say('privacy.kept.writing')}</li>
</ul>
<h2>${words.say('privacy.how-long.heading')}</h2>
<p>${words.say('privacy.how-long.lead')}</p>
<ul>
${retention(words).map((line) => html`<li>${line}</li>\n`)}</ul>
<h2>${words.say('privacy.who-sees.heading')}</h2>
<p>${words.say('privacy.who-sees.browsers', { minutes: EMAILED_LINK_MINUTES })}</p>
<p>${words.say('privacy.who-sees.reading-word')}</p>
${
  questions &&
  html`<p>${words.say('privacy.who-sees.questions')}</p>
`
}<h2>${words.say('privacy.not-done.heading')}</h2>
<p>${words.say('privacy.not-done.body')}</p>
<h2>${words.say(membersLibrary ? 'privacy.cookie.heading-two' : 'privacy.cookie.heading')}</h2>
<p>${words.say('privacy.cookie.body', cookie)}</p>
${
  membersLibrary &&
  html`<p>${words.say('privacy.cookie.library', { days: days(LIBRARY_PASS_AGE) })}</p>
`
}<h2>${words.say('privacy.browser.heading')}</h2>
<p>${words.say('privacy.browser.body', { exit: cookie.exit })}</p>
${
  quickExit &&
  html`<h2>${words.say('privacy.leaving.heading')}</h2>
<p>${words.say('privacy.leaving.body', { site: words.say('page.leave.site') })}</p>
`
}<h2>${words.say('privacy.taking.heading')}</h2>
<p>${words.say('privacy.taking.body', { minutes: FRESH_SESSION / 60_000 })}</p>
<h2>${words.say('privacy.stopping.heading')}</h2>
<p>${words.say('privacy.stopping.body')}</p>
<h2>${words.say('privacy.deleting.heading')}</h2>
<p>${words.say('privacy.deleting.unconfirmed', { days: UNCONFIRMED_SIGN_UP_DAYS })}</p>
<p>${words.say('privacy.deleting.everything')}</p>
${questions && html`<p>${words.say('privacy.deleting.published')}</p>\n`}</article>`,
  })
}

function withLineBreaks(text: string): readonly (Html | null)[] {
  return text.split('\n').map((line, index) => html`${index > 0 && html`<br>`}${line}`)
}

/** Links an email address or URL; other text is unchanged. */
function contact(text: string): Html {
  if (/^https?:\/\/\S+$/.test(text)) return html`<a href="${text}">${text}</a>`
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return html`<a href="mailto:${text}">${text}</a>`
  return html`${text}`
}
