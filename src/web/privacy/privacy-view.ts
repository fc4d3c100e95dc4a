import { UNCONFIRMED_SIGN_UP_DAYS } from '../../core/retention.ts'
import { EMAILED_LINK_MINUTES, SESSION_IDLE, SESSION_MAX_AGE } from '../../core/security/session.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { exitSite } from '../page/quick-exit-site.ts'
import type { PrivacySettings } from '../page/site.ts'
import { RETENTION } from './retention.ts'

const days = (ms: number) => ms / 86_400_000

/** What is stored and who has access, for all courses. */
export function privacyPage(settings: PrivacySettings): Page {
  return page({
    title: 'Privacy',
    main: html`<article class="prose card">
<h1>Privacy</h1>
<p class="lead">Only what is needed to send you the lessons, and to show you what you wrote.</p>
<h2>Who is responsible</h2>
<p data-controller>${withLineBreaks(settings.controller)}</p>
<p>Ask about your data: ${contact(settings.contact)}. You may also complain to the data protection authority where you live.</p>
<p>Legal basis: ${settings.legalBasis}</p>
<h2>What is kept</h2>
<ul>
<li>Your email address, and your first name if you gave one.</li>
<li>Your time zone, the hour you chose, and your other choices on the form.</li>
<li>When and how you agreed to get the emails, and the wording you agreed to.</li>
<li>Which lessons were sent, what the mail server answered, and which days you marked as done.</li>
<li>What you write in the exercises, and the form of the course that suits you. Both are stored encrypted, with a key of your own.</li>
</ul>
<h2>How long it is kept</h2>
<p>Until you delete it, as below. Some things are deleted earlier, automatically:</p>
<ul>
${RETENTION.map(
  (line) => html`<li>${line}</li>
`,
)}</ul>
<h2>Who sees what you write</h2>
<p>Nobody reads it live, and nobody monitors your answers. It is shown again only in the browser that wrote it, or in one that you let in with a link from your own inbox, which works once, for ${EMAILED_LINK_MINUTES} minutes. The browser in which you confirmed is the first of these. Someone else who opens a lesson link from your email sees the lesson, and not your words; with short emails, not even the lesson.</p>
<p>If others can open your inbox, you can set a reading word in the settings. Then no link opens what you wrote without it. Nobody can bring a forgotten word back.</p>
<h2>What is not done</h2>
<p>No trackers, no adverts, no pictures that report when an email is opened, nothing loaded from other companies' servers. Your address is not given to anyone.</p>
<h2>The one cookie</h2>
<p>When you confirm, save something, or open your pages with a link from your inbox, your browser gets one cookie named “notes”. It proves that this browser wrote it, or was let in. It ends ${days(SESSION_MAX_AGE)} days after that, or earlier: after ${days(SESSION_IDLE)} days without use, when you tap “Hide my notes on this device”, or when you leave quickly.</p>
<h2>Leaving quickly</h2>
<p>“Leave quickly” covers the page, closes your notes on this device and opens ${exitSite.name}. Pressing Shift three times does the same. It cannot erase your browser's history or the emails in your inbox. If someone may look there, delete them yourself, or use a device that nobody else opens.</p>
<h2>Stopping</h2>
<p>Every email has a link that stops the lessons at once.</p>
<h2>Deleting</h2>
<p>If you sign up and do not tap the button in the confirmation email, we delete your address and all you entered ${UNCONFIRMED_SIGN_UP_DAYS} days later. The same holds if you say that you did not ask for it.</p>
<p>The link that stops the lessons also leads to “Delete everything”, and so do the settings of every lesson page. If you have not just opened your pages with a link from your inbox, we first send one email with a link that deletes, so that nobody else can do it. It deletes your address, your choices, what you wrote, and the record of what was sent. We then keep nothing that says who you are. If mail to your address failed or was reported as unwanted, a code made from the address stays, so that we never write to it again; nobody can read the address from it.</p>
</article>`,
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
