import { createHash } from 'node:crypto'
import type { Effort } from '../../core/course/course.ts'
import { type Field, isAnswerable } from '../../core/course/fields/field-types.ts'
import { missingFor } from '../../core/exercise/completion.ts'
import { paths } from '../../core/paths.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { Words } from '../../core/words.ts'
import type { LessonView } from '../../flow/views.ts'
import { type Html, html, marked, on, raw } from '../page/html.ts'
import { draftWords } from './draft-words.ts'
import { exerciseWords } from './exercise-words.ts'
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
  const { words } = place
  const { title, intro, minutes, timer, print } = lesson.exercise
  const fields = exerciseFields(words, view)
  // A day that replaces another has nothing to write.
  const writes = fields.some((field) => isAnswerable(field) && field.id !== MOOD_BEFORE && field.id !== MOOD_AFTER)
  const small = view.effort === 'small'
  const missing = new Set(fields.filter((field) => notice.missing.includes(field.id)).map((field) => field.id))
  return html`<section class="card exercise" id="exercise" aria-labelledby="exercise-title" data-lesson="${codeOf(view.token)}">
${writes && html`<p class="kicker">${words.say('exercise.kicker', { minutes })}</p>`}
<h2 id="exercise-title" tabindex="-1">${title}</h2>
${!view.discreet && html`<p class="quiet" id="opened-here" hidden>${marked(words.say('exercise.lesson.opened-at-exercise'), { link: (text) => html`<a href="#text">${text}</a>` })}</p>`}
<div class="intro">${raw(markdown.toHtml(intro))}</div>
${writes && html`<p class="quiet private-line">${words.say('exercise.private')}</p>`}
${saveNotice(words, view, notice, fields, missing, now)}
${elsewhere(words, view)}
<form id="answers" method="post" action="${paths.lesson(view.token)}#saved" autocomplete="off" data-draft="${paths.draft(view.token)}"${exerciseWords(words)}>
${
  writes &&
  html`<fieldset class="size"><legend class="away">${words.say('exercise.size')}</legend>
<label><input type="radio" name="show" value="full"${on('checked', !small)} autocomplete="off"><span>${words.say('exercise.full-form')}</span></label>
<label><input type="radio" name="show" value="small" id="show-small"${on('checked', small)} autocomplete="off"><span>${words.say('exercise.small-form')}</span></label>
</fieldset>`
}
${timer !== null && html`<div class="timer" data-timer="${timer}" hidden><button class="button button-secondary" type="button">${words.say('exercise.timer.start', { minutes: timer })}</button> <span role="timer"></span><span class="away" role="status"></span></div>`}
<div class="fields">
${groupsOf(fields).map((group) => {
  const views = group.map((field) =>
    fieldView(field, {
      words,
      state: stateForCurrentField(words, view, field.id),
      earlier: view.earlier,
      missing: missing.has(field.id),
      error: notice.errors[field.id],
      typed: notice.typed[field.id],
      toHtml: (text) => markdown.toHtml(text),
      mark: (text) => savedAtLabel(words, text, view.week.timeZone, now),
    }),
  )
  if (!group[0]?.later) return views
  const isOpen = group.some(({ id }) => view.fields[id] !== undefined || missing.has(id) || id in notice.errors)
  return html`<details class="later" data-full${on('open', isOpen)}><summary>${words.say('exercise.later', { boxes: group.filter(isAnswerable).length })}</summary>
${views}</details>`
})}
${care(view, place)}
</div>
<p class="status" role="status" data-status${draftWords(words)}></p>
${writes && html`<p class="save-row"><button class="button button-secondary" type="submit" name="keep" value="1">${words.say('exercise.save')}</button>${print && exportLinks(words, view)}</p>`}
${shareStep(words, view)}
${sheetStep(words, view)}
<fieldset class="finish"><legend>${words.say(view.effort !== null ? 'exercise.finish.done' : view.checkIn === null ? 'exercise.finish.day' : 'exercise.finish.check-in')}</legend>
<p class="hint">${words.say(effortsHint(view))}</p>
<div class="efforts">
<button class="button" type="submit" name="effort" value="full">${words.say('exercise.efforts.full')}</button>
<button class="button" type="submit" name="effort" value="small">${words.say('exercise.efforts.small')}</button>
<button class="button button-secondary" type="submit" name="effort" value="not-today">${words.say('exercise.efforts.not-today')}</button>
</div></fieldset>
</form>
</section>`
}

/** Names the page in the storage of its browser, from which nobody can tell the course or the link. */
function codeOf(token: string): string {
  return createHash('sha256').update(`read ${token}`).digest('base64url').slice(0, 16)
}

/** Explains what completes the day: a form with required fields does so once those are filled in. */
function effortsHint({ lesson: { exercise }, variant }: LessonView) {
  const asks = (effort: Effort) => missingFor(exercise, variant, effort, {}).length > 0
  if (!asks('full') && !asks('small')) return 'exercise.finish.all'
  if (!asks('small')) return 'exercise.finish.full-asks'
  if (!asks('full')) return 'exercise.finish.small-asks'
  return 'exercise.finish.both-ask'
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

/** This sheet exists only on paper: accounts are never linked, and nobody sees another person's pages. */
function sheetStep(words: Words, { lesson, token }: LessonView): Html | null {
  if (lesson.exercise.sheet === undefined) return null
  return html`<p class="quiet">${marked(words.say('exercise.sheet'), { link: (text) => html`<a href="${paths.sheet(token)}">${text}</a>` })}</p>`
}

/** Says that something was written in another browser and how to get to it, but never shows the text. */
function elsewhere(words: Words, view: LessonView): Html | null {
  if (view.readsAll)
    return html`<p class="notice">${words.say('exercise.reads-all')} <a href="${paths.settings(view.token)}#reading-word">${words.say('exercise.reading-word')}</a></p>`
  if (!view.writtenElsewhere) return null
  if (!view.mayAskToRead) return html`<p class="notice">${words.say('exercise.elsewhere')}</p>`
  return html`<form class="notice" method="post" action="${paths.askToRead(view.token)}"><p>${words.say('exercise.elsewhere-link')}</p>
<p><button class="button button-secondary" type="submit">${words.say('exercise.email-link')}</button></p></form>`
}

/** Printouts and files contain what is saved; draft.js saves first. */
function exportLinks(words: Words, view: LessonView): Html {
  return html` <a class="text-button" href="${paths.print(view.token)}" data-after-save>${words.say('exercise.print')}</a> <a class="text-button" href="${paths.file(view.token)}" data-after-save>${words.say('exercise.file')}</a>`
}

function shareStep(words: Words, view: LessonView): Html | null {
  if (!view.mayShare) return null
  const isToShare = view.fields[LETTER_VERSION]?.value === 'share'
  return html`<p class="notice share-step" data-share${on('hidden', !isToShare)}>${marked(words.say('exercise.share'), { link: (text) => html`<a href="${paths.share(view.token)}" data-after-save>${text}</a>` })}</p>`
}

/** Help if writing made things heavier. Rendered for every reader, so that no script is needed after saving. */
function care(view: LessonView, { words, ways }: LessonPageContext): Html | null {
  if (!view.lesson.exercise.mood) return null
  const before = view.fields[MOOD_BEFORE]?.value
  const after = view.fields[MOOD_AFTER]?.value
  const heavier = typeof before === 'number' && typeof after === 'number' && after - before >= MOOD_WORSE
  return html`<div role="status"><div class="care" data-care="${MOOD_WORSE}"${on('hidden', !heavier)}>
<h3>${words.say('exercise.heavier.heading')}</h3>
<p>${words.say('exercise.heavier.body')}</p>
<p class="button-row"><button class="button button-secondary" type="submit" name="effort" value="not-today">${words.say('exercise.heavier.stop')}</button>${
    ways.grounding !== null &&
    html` <a class="button button-secondary" href="${ways.grounding}" data-after-save>${words.say('exercise.heavier.more')}</a>`
  }</p>
<p>${
    ways.help === null
      ? words.say('exercise.heavier.no-help')
      : marked(words.say('exercise.heavier.help'), { link: (text) => html`<a href="${ways.help}">${text}</a>` })
  }</p>
</div></div>`
}
