import type { Effort, Field } from '../../core/course.ts'
import { createMarkdown } from '../../core/markdown.ts'
import { paths } from '../../core/paths.ts'
import type { LessonView } from '../../flow/views.ts'
import { exerciseFields, MOOD_AFTER, MOOD_BEFORE, MOOD_WORSE } from '../exercise-fields.ts'
import { dayStrip, sayNext } from './days.ts'
import { fieldView } from './field.ts'
import { type Html, html, on, raw } from './html.ts'
import { lessonText } from './lesson-text.ts'
import { type Page, page } from './page.ts'

const markdown = createMarkdown()

/** What the save just before did: with which form, and which fields that form still asks for. */
export interface Notice {
  readonly saved: Effort | 'text' | null
  readonly missing: readonly string[]
  /** Field id to sentence, for what could not be taken; `typed` is what was sent for these. */
  readonly faults: Readonly<Record<string, string>>
  readonly typed: Readonly<Record<string, string>>
}

const EFFORT_WORDS: Readonly<Record<Effort, string>> = {
  full: 'the full form',
  small: 'the small form',
  'not-today': 'not today',
}

/** The lesson, and its exercise as one form. */
export function lessonPage(view: LessonView, notice: Notice, now: number): Page {
  const { course, discreet, lesson, week } = view
  return page({
    title: `Day ${lesson.day}: ${lesson.title}`,
    course,
    discreet,
    scripts: ['draft.js', 'exercise.js'],
    footLinks: [
      { href: paths.settings(view.token), label: 'Hour and time zone' },
      { href: paths.stop(view.stopToken), label: 'Stop the lessons' },
    ],
    main: html`<div class="day-head">
<p class="kicker">Day ${lesson.day} of ${course.lessons.length} · ${lesson.minutes} min to read</p>
<h1>${lesson.title}</h1>
<p class="lead">${lesson.goal}</p>
</div>
${dayStrip(week, lesson.day, now)}
<article class="prose lesson">
${lessonText(lesson.body, { variant: view.variant, name: view.name, timeZone: week.timeZone, now })}
</article>
${exercise(view, notice, now)}
<form class="close-notes" method="post" action="${paths.endSession()}"><p class="quiet">Someone else uses this device? <button class="text-button" type="submit">Close my notes on this device</button></p></form>`,
  })
}

function exercise(view: LessonView, notice: Notice, now: number): Html {
  const { lesson } = view
  const { title, intro, minutes, timer, print } = lesson.exercise
  const fields = exerciseFields(lesson, view.variant)
  const small = view.effort === 'small'
  const missing = new Set(fields.filter((field) => notice.missing.includes(field.id)).map((field) => field.id))
  return html`<section class="card exercise" id="exercise" aria-labelledby="exercise-title">
<p class="kicker">Exercise · about ${minutes} min</p>
<h2 id="exercise-title">${title}</h2>
<div class="intro">${raw(markdown.toHtml(intro))}</div>
<p class="quiet private-line">Private. Nobody reads this live.</p>
${noticeView(view, notice, fields, missing, now)}
${
  view.writtenElsewhere &&
  html`<p class="notice">Something was written on this page in another browser. It is shown only there. Here you start with a clean page.</p>`
}
<form id="answers" method="post" action="${paths.lesson(view.token)}#saved" autocomplete="off" data-draft="${paths.draft(view.token)}">
<fieldset class="size"><legend class="away">How much of the form to show</legend>
<label><input type="radio" name="show" value="full"${on('checked', !small)} autocomplete="off"><span>Full form</span></label>
<label><input type="radio" name="show" value="small" id="show-small"${on('checked', small)} autocomplete="off"><span>Small form</span></label>
</fieldset>
${timer !== null && html`<div class="timer" data-timer="${timer}" hidden><button class="other-button" type="button">Start a ${timer}-minute timer</button> <span role="timer"></span><span class="away" role="status"></span></div>`}
<div class="fields">
${fields.map((field) =>
  fieldView(field, {
    state: view.fields[field.id],
    earlier: view.earlier,
    missing: missing.has(field.id),
    fault: notice.faults[field.id],
    typed: notice.typed[field.id],
    toHtml: (text) => markdown.toHtml(text),
  }),
)}
${care(view)}
</div>
<p class="status" role="status" data-status></p>
<p class="save-row"><button class="other-button" type="submit" name="keep" value="1">Save what I wrote</button>${
    print &&
    html` <span data-print hidden><button class="text-button" type="button" data-do="print">Print</button> <button class="text-button" type="button" data-do="file">Save as a file</button></span>`
  }</p>
<fieldset class="finish"><legend>${view.effort === null ? 'Finish the day' : 'The day is done. You can still change how.'}</legend>
<p class="hint">All three complete the day.</p>
<div class="efforts">
<button class="main-button" type="submit" name="effort" value="full">Full</button>
<button class="main-button" type="submit" name="effort" value="small">Small</button>
<button class="other-button" type="submit" name="effort" value="not-today">Not today</button>
</div></fieldset>
</form>
</section>`
}

/** What the last save did, in a place a keyboard or a screen reader lands on. */
function noticeView(
  view: LessonView,
  notice: Notice,
  fields: readonly Field[],
  missing: ReadonlySet<string>,
  now: number,
): Html {
  const refused = fields.filter((field) => notice.faults[field.id] !== undefined)
  if (refused.length > 0) {
    return html`<div class="notice notice-look" id="saved" role="alert" tabindex="-1">
<p>Everything else is saved. This needs another look:</p>
<ul>${refused.map((field) => html`<li><a href="#field-${field.id}">${field.label}</a></li>`)}</ul>
</div>`
  }
  if (missing.size > 0 && notice.saved !== null && notice.saved !== 'text') {
    return html`<div class="notice notice-look" id="saved" role="alert" tabindex="-1">
<p><b>Saved.</b> For ${EFFORT_WORDS[notice.saved]}, this is still open:</p>
<ul>${fields.filter((field) => missing.has(field.id)).map((field) => html`<li><a href="#field-${field.id}">${field.label}</a></li>`)}</ul>
<p>There is no hurry. ${notice.saved === 'full' ? '“Small” or “Not today” complete' : '“Not today” completes'} the day just as well.</p>
</div>`
  }
  if (notice.saved === 'text') {
    return html`<p class="notice" id="saved" role="status" tabindex="-1"><b>Saved.</b> You can go on, or come back later in this browser.</p>`
  }
  if (view.effort === null) return html`<span id="saved"></span>`
  return html`<p class="notice" id="saved" role="status" tabindex="-1"><b>Day ${view.lesson.day} is done</b>${
    view.effort === 'not-today' ? ': not today, and that is fine.' : `, with ${EFFORT_WORDS[view.effort]}.`
  } ${sayNext(view.week, now)}</p>`
}

/** Offered when writing made it heavier. Here for every reader, so that no script is needed after saving. */
function care(view: LessonView): Html | null {
  if (!view.lesson.exercise.mood) return null
  const before = view.fields[MOOD_BEFORE.id]?.value
  const after = view.fields[MOOD_AFTER.id]?.value
  const heavier = typeof before === 'number' && typeof after === 'number' && after - before >= MOOD_WORSE
  return html`<div role="status"><div class="care" data-care="${MOOD_WORSE}"${on('hidden', !heavier)}>
<h3>That got heavier. You can stop here.</h3>
<p>Put both feet on the floor. Breathe out for longer than you breathe in. Name three things you can see. Then do one small thing, such as a glass of water.</p>
<p>If you might harm yourself, or are afraid of someone, please ring your local emergency number or a person you trust now. Nobody reads this page live.</p>
</div></div>`
}
