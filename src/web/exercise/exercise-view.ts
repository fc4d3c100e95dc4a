import type { Effort } from '../../core/course/course.ts'
import { type Field, isAnswerable } from '../../core/course/fields/field-types.ts'
import { missingFor } from '../../core/exercise/completion.ts'
import { paths } from '../../core/paths.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { LessonView } from '../../flow/views.ts'
import { type Html, html, on, raw } from '../page/html.ts'
import { draftWords } from './draft-words.ts'
import {
  exerciseFields,
  LETTER_VERSION,
  MOOD_AFTER,
  MOOD_BEFORE,
  MOOD_WORSE,
  stateForCurrentField,
} from './fields/exercise-fields.ts'
import { fieldView } from './fields/field-view.ts'
import type { LessonPageContext } from './lesson-page-context.ts'
import { type Notice, saveNotice } from './save-notice.ts'
import { savedAtLabel } from './saved-at-label.ts'

const markdown = createMarkdown()

/** The exercise of a lesson as one form, below the result of its last save. */
export function exerciseSection(view: LessonView, notice: Notice, place: LessonPageContext, now: number): Html {
  const { lesson } = view
  const { title, intro, minutes, timer, print } = lesson.exercise
  const fields = exerciseFields(place.words, view)
  // A day that replaces another has nothing to write.
  const writes = fields.some((field) => isAnswerable(field) && field.id !== MOOD_BEFORE && field.id !== MOOD_AFTER)
  const small = view.effort === 'small'
  const missing = new Set(fields.filter((field) => notice.missing.includes(field.id)).map((field) => field.id))
  return html`<section class="card exercise" id="exercise" aria-labelledby="exercise-title">
${writes && html`<p class="kicker">Exercise · about ${minutes} min</p>`}
<h2 id="exercise-title">${title}</h2>
<div class="intro">${raw(markdown.toHtml(intro))}</div>
${writes && html`<p class="quiet private-line">Private. Nobody reads this live.</p>`}
${saveNotice(place.words, view, notice, fields, missing, now)}
${elsewhere(view)}
<form id="answers" method="post" action="${paths.lesson(view.token)}#saved" autocomplete="off" data-draft="${paths.draft(view.token)}">
${
  writes &&
  html`<fieldset class="size"><legend class="away">How much of the form to show</legend>
<label><input type="radio" name="show" value="full"${on('checked', !small)} autocomplete="off"><span>Full form</span></label>
<label><input type="radio" name="show" value="small" id="show-small"${on('checked', small)} autocomplete="off"><span>Small form</span></label>
</fieldset>`
}
${timer !== null && html`<div class="timer" data-timer="${timer}" hidden><button class="button button-secondary" type="button">Start a ${timer}-minute timer</button> <span role="timer"></span><span class="away" role="status"></span></div>`}
<div class="fields">
${groupsOf(fields).map((group) => {
  const views = group.map((field) =>
    fieldView(field, {
      words: place.words,
      state: stateForCurrentField(place.words, view, field.id),
      earlier: view.earlier,
      missing: missing.has(field.id),
      error: notice.errors[field.id],
      typed: notice.typed[field.id],
      toHtml: (text) => markdown.toHtml(text),
      mark: (text) => savedAtLabel(place.words, text, view.week.timeZone, now),
    }),
  )
  if (!group[0]?.later) return views
  const isOpen = group.some(({ id }) => view.fields[id] !== undefined || missing.has(id) || id in notice.errors)
  return html`<details class="later" data-full${on('open', isOpen)}><summary>${laterLabel(group)}</summary>
${views}</details>`
})}
${care(view, place)}
</div>
<p class="status" role="status" data-status${draftWords(place.words)}></p>
${writes && html`<p class="save-row"><button class="button button-secondary" type="submit" name="keep" value="1">Save what I wrote</button>${print && exportLinks(view)}</p>`}
${shareStep(view)}
${sheetStep(view)}
<fieldset class="finish"><legend>${view.effort === null ? (view.checkIn === null ? 'Finish the day' : 'Finish the check-in') : 'This is done. You can still change your choice.'}</legend>
<p class="hint">${describeEfforts(view)}</p>
<div class="efforts">
<button class="button" type="submit" name="effort" value="full">Full</button>
<button class="button" type="submit" name="effort" value="small">Small</button>
<button class="button button-secondary" type="submit" name="effort" value="not-today">Not today</button>
</div></fieldset>
</form>
</section>`
}

/** Explains what completes the day: a form with required fields does so once those are filled in. */
function describeEfforts({ lesson: { exercise }, variant }: LessonView): string {
  const asks = (effort: Effort) => missingFor(exercise, variant, effort, {}).length > 0
  if (!asks('full') && !asks('small')) return 'All three complete it.'
  if (!asks('small')) return '“Small” and “Not today” complete it at once, “Full” once its part is filled in.'
  if (!asks('full')) return '“Full” and “Not today” complete it at once, “Small” once its part is filled in.'
  return '“Not today” completes it at once, “Full” and “Small” once their part is filled in.'
}

/** Groups consecutive fields that can wait. */
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
  const count = group.filter(isAnswerable).length
  return `${count === 1 ? 'One more box' : `${count} more boxes`}, for today or tomorrow`
}

/** This sheet exists only on paper: accounts are never linked, and nobody sees another person's pages. */
function sheetStep({ lesson, token }: LessonView): Html | null {
  if (lesson.exercise.sheet === undefined) return null
  return html`<p class="quiet">Do you both take this course, and both want to talk? <a href="${paths.sheet(token)}">A ten-minute sheet to print</a></p>`
}

/** Says that something was written in another browser and how to get to it, but never shows the text. */
function elsewhere(view: LessonView): Html | null {
  if (view.readsAll) return html`<p class="notice">This browser shows everything you wrote, here and elsewhere.</p>`
  if (!view.writtenElsewhere) return null
  if (!view.mayAskToRead)
    return html`<p class="notice">Something was written on this page in another browser. It is shown only there. Here you start with a clean page.</p>`
  return html`<form class="notice" method="post" action="${paths.askToRead(view.token)}"><p>Something was written on this page in another browser, and is not shown here. You can go on with a clean page, or read it back:</p>
<p><button class="button button-secondary" type="submit">Email me a link that opens it</button></p></form>`
}

/** Printouts and files contain what is saved; draft.js saves first. */
function exportLinks(view: LessonView): Html {
  return html` <a class="text-button" href="${paths.print(view.token)}" data-after-save>Print</a> <a class="text-button" href="${paths.file(view.token)}" data-after-save>Save as a file</a>`
}

function shareStep(view: LessonView): Html | null {
  if (!view.mayShare) return null
  const marked = view.fields[LETTER_VERSION]?.value === 'share'
  return html`<p class="notice share-step" data-share${on('hidden', !marked)}>You marked this “perhaps to share”. <a href="${paths.share(view.token)}" data-after-save>See the steps first</a>.</p>`
}

/** Help if writing made things heavier. Rendered for every reader, so that no script is needed after saving. */
function care(view: LessonView, { ways }: LessonPageContext): Html | null {
  if (!view.lesson.exercise.mood) return null
  const before = view.fields[MOOD_BEFORE]?.value
  const after = view.fields[MOOD_AFTER]?.value
  const heavier = typeof before === 'number' && typeof after === 'number' && after - before >= MOOD_WORSE
  return html`<div role="status"><div class="care" data-care="${MOOD_WORSE}"${on('hidden', !heavier)}>
<h3>That got heavier. You can stop here.</h3>
<p>Put both feet on the floor. Breathe out for longer than you breathe in. Name three things you can see. Then do one small thing, such as a glass of water.</p>
<p class="care-row"><button class="button button-secondary" type="submit" name="effort" value="not-today">Stop here for today</button>${
    ways.grounding !== null &&
    html` <a class="button button-secondary" href="${ways.grounding}" data-after-save>More ways to calm down</a>`
  }</p>
<p>If you might harm yourself, or are afraid of someone, please ${
    ways.help !== null
      ? html`open the <a href="${ways.help}">help page</a>`
      : 'ring your local emergency number or a person you trust'
  } now. Nobody reads this page live.</p>
</div></div>`
}
