import { navigationLinks } from '../../core/course/public-pages.ts'
import { formatDate } from '../../core/delivery/local-time.ts'
import { linesToChoose, MAX_OWN_LINE } from '../../core/exercise/own-line.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { FinishedDay, FinishedView } from '../../flow/exercise/view-finished.ts'
import { errorSummary, type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, marked, on } from '../page/html.ts'
import { libraryFormOf } from '../page/library-form.ts'
import { type Page, page } from '../page/page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import type { AskContext } from '../question/ask-context.ts'
import { askSection } from '../question/ask-form.ts'
import { linkForm } from '../security/neutral-page.ts'
import { ownTextsOf } from './notes-view.ts'

export interface FinishedForm {
  /** What was typed if it was refused. */
  readonly typed: string | null
  readonly faults: FieldErrors
  readonly saved: boolean
}

/** What was done and when, the learner's own line, and what comes next. */
export function finishedPage(site: Site, view: FinishedView, form: FinishedForm, ask: AskContext | null): Page {
  const { course, discreet, token } = view
  const words = wordsOf(site, course)
  return page({
    title: words.say('finished.title'),
    isError: Object.keys(form.faults).length > 0,
    course,
    discreet,
    scripts: ['print.js', ...(ask === null ? [] : ['help-lines.js'])],
    libraryForm: libraryFormOf(course, token),
    footerLinks: [
      { href: paths.settings(token), label: words.say('enrolment.settings.title') },
      { href: paths.stop(view.stopToken), label: words.say('enrolment.settings.stop') },
    ],
    main: html`<h1>${words.say('finished.title')}</h1>
<p class="lead">${summary(words, view)}</p>
<div class="stack">
${lineSection(words, view, form)}
<section class="card" aria-labelledby="done">
<h2 id="done">${words.say('finished.days')}</h2>
<ol class="plan">${view.days.map((day) => dayItem(words, day, view.timeZone))}</ol>
</section>
<section class="card soft no-print" aria-labelledby="next">
<h2 id="next">${words.say('finished.next')}</h2>
${nextSteps(site, words, view)}
<p><button class="button button-secondary" type="button" data-print-now hidden>${words.say('writing.print')}</button></p>
</section>
${ask !== null && askSection(ask, 'course')}
</div>`,
  })
}

/** "5 days done, from March 2, 2026 to March 8, 2026." */
function summary(words: Words, { days, begunAt, timeZone }: FinishedView): string {
  const times = days.flatMap(({ doneAt }) => doneAt ?? [])
  const date = (instant: number) => formatDate(words, instant, timeZone)
  if (times.length === 0) return words.say('finished.none', { from: date(begunAt) })
  const [done, from, until] = [times.length, date(Math.min(...times)), date(Math.max(...times))]
  if (from === until) return words.say('finished.one-date', { done, date: from })
  return words.say('finished.span', { done, from, until })
}

function dayItem(words: Words, { day, title, path, effort, doneAt }: FinishedDay, timeZone: string): Html {
  const state = doneAt !== null ? 'done' : path !== null ? 'open' : 'held'
  const said =
    doneAt !== null && effort !== null
      ? words.say('finished.day', {
          date: formatDate(words, doneAt, timeZone),
          effort: words.say(`exercise.efforts.${effort}`),
        })
      : words.say(path === null ? 'finished.not-opened' : 'finished.not-done')
  return html`<li class="is-${state}"><span class="dot" aria-hidden="true">${state === 'done' ? '✓' : day}</span><span>${
    path === null ? html`<b>${title}</b>` : html`<a href="${path}">${title}</a>`
  } <span class="quiet">${said}</span></span></li>\n`
}

/** Whoever has no own session sees the same offer, whether there is a line or not. */
function lineSection(words: Words, view: FinishedView, { typed, faults, saved }: FinishedForm): Html {
  const { own, token } = view
  const head = html`<section class="card" id="your-line" aria-labelledby="line-title">
<h2 id="line-title">${words.say('finished.line')}</h2>`
  if (own === null)
    return html`${head}
<div class="no-print">
<p>${words.say('finished.line-what')}</p>
${view.webOnly ? html`<p class="quiet">${words.say('enrolment.settings.no-email')}</p>` : html`<p>${words.say('finished.link-first')}</p>\n${linkForm(words, token, 'finished', words.say('enrolment.send-link'))}`}
</div>
</section>`
  const line = own.line?.text ?? ''
  const texts = own.days.flatMap(({ notes }) => (notes === null ? [] : ownTextsOf(words, notes)))
  return html`${head}
${errorSummary(words, faults, ['line'])}
${saved && html`<p class="notice" role="status">${words.say('finished.kept')}</p>`}
${line !== '' && html`<blockquote class="own-line"><p>${line}</p></blockquote>`}
<div class="no-print">
<p>${words.say('finished.line-what')}</p>
${chooseForm(words, view, linesToChoose(texts, view.course.language), line)}
<form method="post" action="${paths.finished(token)}#your-line" autocomplete="off">
<div class="field">
<label for="line">${words.say('finished.write')}</label>
${fieldError(words, 'line', faults)}
<input id="line" name="line" type="text" maxlength="${MAX_OWN_LINE}" required value="${typed ?? line}"${invalidAttributes('line', faults)}>
</div>
<p><button class="button" type="submit">${words.say('finished.keep')}</button></p>
</form>
${line !== '' && html`<form method="post" action="${paths.finished(token)}#your-line"><input type="hidden" name="line" value=""><button class="text-button text-destructive" type="submit">${words.say('finished.remove')}</button></form>`}
</div>
</section>`
}

function chooseForm(words: Words, { token }: FinishedView, lines: readonly string[], chosen: string): Html | null {
  if (lines.length === 0) return null
  return html`<details class="fold"><summary>${words.say('finished.choose', { lines: lines.length })}</summary>
<form method="post" action="${paths.finished(token)}#your-line" autocomplete="off">
<fieldset class="field ticks"><legend>${words.say('finished.choose-legend')}</legend>
${lines.map((line) => html`<label class="tick"><input type="radio" name="line" value="${line}" required${on('checked', line === chosen)}><span>${line}</span></label>\n`)}</fieldset>
<p><button class="button" type="submit">${words.say('finished.keep')}</button></p>
</form>
</details>`
}

function nextSteps(site: Site, words: Words, view: FinishedView): Html {
  const { course, discreet, token, checkInsToCome } = view
  const { library } = navigationLinks(
    course.name,
    site.ports.courses.resourcesOf(course.name, course.language),
    discreet,
  )
  const link = (href: string) => (text: string) => html`<a href="${href}">${text}</a>`
  const libraryForm = libraryFormOf(course, token)
  const button = (text: string) => html`<button class="text-button" type="submit">${text}</button>`
  const steps = [
    checkInsToCome > 0 &&
      marked(words.say('finished.check-ins', { count: checkInsToCome }), { settings: link(paths.settings(token)) }),
    library !== null &&
      (libraryForm === null
        ? marked(words.say('finished.library'), { link: link(library) })
        : html`<form method="post" action="${libraryForm}">${marked(words.say('finished.library'), { link: button })}</form>`),
    // The start page says what the course is about, so discreet pages do not lead there.
    view.mayBeginAgain && !discreet && marked(words.say('finished.again'), { link: link(paths.course(course.name)) }),
    marked(words.say('finished.take'), { link: link(paths.take(token)) }),
  ]
  return html`<ul>
${steps.map((step) => step && html`<li>${step}</li>\n`)}</ul>`
}
