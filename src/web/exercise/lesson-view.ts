import type { Effort, Field } from '../../core/course/course.ts'
import { type NavigationLinks, startPath } from '../../core/course/public-pages.ts'
import { missingFor } from '../../core/exercise/completion.ts'
import { paths } from '../../core/paths.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { LessonView } from '../../flow/views.ts'
import { questionFieldset } from '../assessment/question-fieldset.ts'
import { linked } from '../care/care-page.ts'
import { dayStrip, describeNext } from '../page/day-list.ts'
import { summaryOf } from '../page/error-summary.ts'
import { type Html, html, on, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import {
  earlierAnswers,
  exerciseFields,
  LETTER_VERSION,
  MOOD_AFTER,
  MOOD_BEFORE,
  MOOD_WORSE,
  stateForCurrentField,
} from './fields/exercise-fields.ts'
import { fieldView } from './fields/field.ts'
import { type LessonTextContext, lessonText } from './lesson-text.ts'
import { savedAtLabel } from './saved-at-label.ts'

const markdown = createMarkdown()

/** What the save just before did: with which form, and which fields that form still asks for. */
export interface Notice {
  readonly saved: Effort | 'text' | null
  readonly missing: readonly string[]
  /** Field id to sentence, for what could not be taken; `typed` is what was sent for these. */
  readonly faults: Readonly<Record<string, string>>
  readonly typed: Readonly<Record<string, string>>
}

/** What the page needs of the course beside the lesson. */
export interface LessonPageContext {
  readonly ways: NavigationLinks
  /** The label of "prefer not to say"; '' where the course has no assessment. */
  readonly preferNot: string
  /** The self-assessment, where this lesson leads with it. */
  readonly startHere: { readonly title: string; readonly minutes: number } | null
  /** The piece of the library that this lesson leads to. */
  readonly readOn: { readonly title: string; readonly path: string } | null
}

const EFFORT_WORDS: Readonly<Record<Effort, string>> = {
  full: 'the full form',
  small: 'the small form',
  'not-today': 'not today',
}

/** The lesson, and its exercise as one form. */
export function lessonPage(view: LessonView, notice: Notice, place: LessonPageContext, now: number): Page {
  const { course, discreet, lesson, week, checkIn } = view
  const reader: LessonTextContext = { variant: view.variant, name: view.name, timeZone: week.timeZone, now }
  return page({
    isError: Object.keys(notice.faults).length > 0,
    title: checkIn === null ? `Day ${lesson.day}: ${lesson.title}` : lesson.title,
    course,
    discreet,
    scripts: ['draft.js', 'exercise.js'],
    footerLinks: [
      ...(place.ways.start === null ? [] : [{ href: startPath(view.token), label: 'Your starting point' }]),
      { href: paths.settings(view.token), label: 'Settings' },
      { href: paths.stop(view.stopToken), label: 'Stop or delete' },
    ],
    main: html`<div class="day-head">
<p class="kicker">${checkIn === null ? `Day ${lesson.day} of ${course.lessons.length}` : `Check-in ${checkIn.week} of ${checkIn.weeks}`} · ${lesson.minutes} min to read</p>
<h1>${lesson.title}</h1>
${lesson.goal !== '' && html`<p class="lead">${lesson.goal}</p>`}
</div>
${view.offersRecheck && html`<p class="notice">Things may look different by now. If you like, <a href="${startPath(view.token)}">find your starting point</a> once more.</p>`}
${dayStrip(week, checkIn === null ? lesson.day : null, now)}
${startHere(view, place)}
<article class="prose lesson">
${lessonText(lesson.body, reader, { after: false })}
</article>
${exercise(view, notice, place, now)}
${earlierPart(view)}
${afterwards(view, place, reader)}
${checkInPart(view, place)}
<form class="close-notes" method="post" action="${paths.endSession()}"><p class="quiet">Someone else uses this device? <button class="text-button" type="submit">Hide my notes on this device</button></p></form>`,
  })
}

/** The same words for everybody, whatever was answered before. */
function startHere({ token }: LessonView, { startHere: start }: LessonPageContext): Html | null {
  if (start === null) return null
  return html`<aside class="card soft start-card" aria-labelledby="start-here">
<h2 id="start-here">First: ${start.title.toLowerCase()}</h2>
<p>About ${start.minutes} minutes, and nothing you tick is stored. It fits the week to you, and it asks first whether this is safe for you. If you have done it already, go straight on.</p>
<p class="hero-go"><a class="other-button" href="${startPath(token)}">${start.title}</a></p>
</aside>`
}

/** What stands below the exercise: the last words of the lesson, and what to read on. */
function afterwards({ lesson }: LessonView, { readOn }: LessonPageContext, reader: LessonTextContext): Html | null {
  const hasMore = lesson.body.some(({ after }) => after)
  if (!hasMore && readOn === null) return null
  return html`<div class="prose lesson afterwards">
${readOn !== null && html`<p class="read-on">If you would like to read on: <a href="${readOn.path}" data-after-save>${readOn.title}</a></p>`}
${hasMore && lessonText(lesson.body, reader, { after: true })}
</div>`
}

function exercise(view: LessonView, notice: Notice, place: LessonPageContext, now: number): Html {
  const { lesson } = view
  const { title, intro, minutes, timer, print } = lesson.exercise
  const fields = exerciseFields(view)
  // A day that stands in for another has nothing to write.
  const writes = fields.some((field) => field.type !== 'note' && field !== MOOD_BEFORE && field !== MOOD_AFTER)
  const small = view.effort === 'small'
  const missing = new Set(fields.filter((field) => notice.missing.includes(field.id)).map((field) => field.id))
  return html`<section class="card exercise" id="exercise" aria-labelledby="exercise-title">
${writes && html`<p class="kicker">Exercise · about ${minutes} min</p>`}
<h2 id="exercise-title">${title}</h2>
<div class="intro">${raw(markdown.toHtml(intro))}</div>
${writes && html`<p class="quiet private-line">Private. Nobody reads this live.</p>`}
${noticeView(view, notice, fields, missing, now)}
${elsewhere(view)}
<form id="answers" method="post" action="${paths.lesson(view.token)}#saved" autocomplete="off" data-draft="${paths.draft(view.token)}">
${
  writes &&
  html`<fieldset class="size"><legend class="away">How much of the form to show</legend>
<label><input type="radio" name="show" value="full"${on('checked', !small)} autocomplete="off"><span>Full form</span></label>
<label><input type="radio" name="show" value="small" id="show-small"${on('checked', small)} autocomplete="off"><span>Small form</span></label>
</fieldset>`
}
${timer !== null && html`<div class="timer" data-timer="${timer}" hidden><button class="other-button" type="button">Start a ${timer}-minute timer</button> <span role="timer"></span><span class="away" role="status"></span></div>`}
<div class="fields">
${groupsOf(fields).map((group) => {
  const views = group.map((field) =>
    fieldView(field, {
      state: stateForCurrentField(view, field.id),
      earlier: view.earlier,
      missing: missing.has(field.id),
      fault: notice.faults[field.id],
      typed: notice.typed[field.id],
      toHtml: (text) => markdown.toHtml(text),
      mark: (text) => savedAtLabel(text, view.week.timeZone, now),
    }),
  )
  if (!group[0]?.later) return views
  const isOpen = group.some(({ id }) => view.fields[id] !== undefined || missing.has(id) || id in notice.faults)
  return html`<details class="later" data-full${on('open', isOpen)}><summary>${laterLabel(group)}</summary>
${views}</details>`
})}
${care(view, place)}
</div>
<p class="status" role="status" data-status></p>
${writes && html`<p class="save-row"><button class="other-button" type="submit" name="keep" value="1">Save what I wrote</button>${print && exportLinks(view)}</p>`}
${shareStep(view)}
${sheetStep(view)}
<fieldset class="finish"><legend>${view.effort === null ? (view.checkIn === null ? 'Finish the day' : 'Finish the check-in') : 'This is done. You can still change your choice.'}</legend>
<p class="hint">${describeEfforts(view)}</p>
<div class="efforts">
<button class="main-button" type="submit" name="effort" value="full">Full</button>
<button class="main-button" type="submit" name="effort" value="small">Small</button>
<button class="other-button" type="submit" name="effort" value="not-today">Not today</button>
</div></fieldset>
</form>
</section>`
}

/** What was answered before the author changed the exercise: it is readable, and no longer part of the form. */
function earlierPart(view: LessonView): Html | null {
  const notes = earlierAnswers(view)
  if (notes.length === 0) return null
  return html`<section class="card soft earlier" id="earlier" aria-labelledby="earlier-title">
<h2 id="earlier-title">Earlier answers</h2>
<p class="quiet">This exercise has changed since you wrote these. They stay as they were.</p>
${notes.map(({ label, lines }) => html`<div class="written"><h3>${label}</h3>\n${lines.map((line) => html`<p>${line}</p>\n`)}</div>\n`)}
</section>`
}

/** Said as it is: a form that asks for something completes the day once that is filled in. */
function describeEfforts({ lesson: { exercise }, variant }: LessonView): string {
  const asks = (effort: Effort) => missingFor(exercise, variant, effort, {}).length > 0
  if (!asks('full') && !asks('small')) return 'All three complete it.'
  if (!asks('small')) return '“Small” and “Not today” complete it at once, “Full” once its part is filled in.'
  if (!asks('full')) return '“Full” and “Not today” complete it at once, “Small” once its part is filled in.'
  return '“Not today” completes it at once, “Full” and “Small” once their part is filled in.'
}

/** Fields in a row that may wait belong together. */
function groupsOf(fields: readonly Field[]): readonly (readonly Field[])[] {
  const groups: Field[][] = []
  for (const field of fields) {
    const last = groups.at(-1)
    if (field.later && last?.[0]?.later) last.push(field)
    else groups.push([field])
  }
  return groups
}

function laterLabel(group: readonly Field[]): string {
  const count = group.filter(({ type }) => type !== 'note').length
  return `${count === 1 ? 'One more box' : `${count} more boxes`}, for today or tomorrow`
}

/** Only paper: two accounts are never linked, and nobody sees another's pages. */
function sheetStep({ lesson, token }: LessonView): Html | null {
  if (lesson.exercise.sheet === undefined) return null
  return html`<p class="quiet">Do you both take this course, and both want to talk? <a href="${paths.sheet(token)}">A ten-minute sheet to print</a></p>`
}

/** What the last save did, in a place a keyboard or a screen reader lands on. */
function noticeView(
  view: LessonView,
  notice: Notice,
  fields: readonly Field[],
  missing: ReadonlySet<string>,
  now: number,
): Html | null {
  const refused = fields.filter((field) => notice.faults[field.id] !== undefined)
  if (refused.length > 0) {
    return html`<div id="saved">${summaryOf(
      refused.map(({ id, label }) => ({ id: `f-${id}`, text: `${label}: ${notice.faults[id] ?? ''}` })),
      'Everything else is saved.',
    )}</div>`
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
  return html`<p class="notice" id="saved" role="status" tabindex="-1"><b>${view.checkIn === null ? `Day ${view.lesson.day}` : 'This check-in'} is done</b>${
    view.effort === 'not-today' ? ': not today, and that is fine.' : `, with ${EFFORT_WORDS[view.effort]}.`
  } ${describeNext(view.week, now)}</p>`
}

/** What another browser wrote, and the way to it: never the words themselves. */
function elsewhere(view: LessonView): Html | null {
  if (view.readsAll) return html`<p class="notice">This browser shows everything you wrote, here and elsewhere.</p>`
  if (!view.writtenElsewhere) return null
  if (!view.mayAskToRead)
    return html`<p class="notice">Something was written on this page in another browser. It is shown only there. Here you start with a clean page.</p>`
  return html`<form class="notice" method="post" action="${paths.askToRead(view.token)}"><p>Something was written on this page in another browser, and is not shown here. You can go on with a clean page, or read it back:</p>
<p><button class="other-button" type="submit">Email me a link that opens it</button></p></form>`
}

/** Paper and file hold what is saved; draft.js saves first. */
function exportLinks(view: LessonView): Html {
  return html` <a class="text-button" href="${paths.print(view.token)}" data-after-save>Print</a> <a class="text-button" href="${paths.file(view.token)}" data-after-save>Save as a file</a>`
}

function shareStep(view: LessonView): Html | null {
  if (!view.mayShare) return null
  const marked = view.fields[LETTER_VERSION]?.value === 'share'
  return html`<p class="notice share-step" data-share${on('hidden', !marked)}>You marked this “perhaps to share”. <a href="${paths.share(view.token)}" data-after-save>See the steps first</a>.</p>`
}

/** What the weeks show so far, and the questions asked once more, in a form of their own: their answers are not kept. */
function checkInPart(view: LessonView, { preferNot }: LessonPageContext): Html | null {
  const { checkIn, variant, token } = view
  if (checkIn === null) return null
  return html`${checkIn.says.map((say) => html`<section class="card soft care-says">${raw(markdown.toHtml(linked(say, view)))}</section>\n`)}
${
  checkIn.questions.length > 0 &&
  html`<section class="card again-questions" aria-labelledby="again-title">
<h2 id="again-title">Asked once more</h2>
<p class="quiet">You may skip any of these. What you answer is not stored; the next page says what it may mean.</p>
<form method="post" action="${paths.askAgain(token)}" autocomplete="off">
${checkIn.questions.map((question) => questionFieldset(question, variant.track, preferNot))}
<p><button class="main-button" type="submit">Go on</button></p>
</form>
</section>`
}`
}

/** Offered when writing made it heavier. Here for every reader, so that no script is needed after saving. */
function care(view: LessonView, { ways }: LessonPageContext): Html | null {
  if (!view.lesson.exercise.mood) return null
  const before = view.fields[MOOD_BEFORE.id]?.value
  const after = view.fields[MOOD_AFTER.id]?.value
  const heavier = typeof before === 'number' && typeof after === 'number' && after - before >= MOOD_WORSE
  return html`<div role="status"><div class="care" data-care="${MOOD_WORSE}"${on('hidden', !heavier)}>
<h3>That got heavier. You can stop here.</h3>
<p>Put both feet on the floor. Breathe out for longer than you breathe in. Name three things you can see. Then do one small thing, such as a glass of water.</p>
<p class="care-row"><button class="other-button" type="submit" name="effort" value="not-today">Stop here for today</button>${
    ways.grounding !== null &&
    html` <a class="other-button" href="${ways.grounding}" data-after-save>More ways to calm down</a>`
  }</p>
<p>If you might harm yourself, or are afraid of someone, please ${
    ways.help !== null
      ? html`open the <a href="${ways.help}">help page</a>`
      : 'ring your local emergency number or a person you trust'
  } now. Nobody reads this page live.</p>
</div></div>`
}
