import { readFileSync } from 'node:fs'
import type { Course } from '../../core/course/course.ts'
import { formatDate, formatInstant } from '../../core/delivery/local-time.ts'
import { formerNotes } from '../../core/exercise/former-answers.ts'
import type { Note } from '../../core/exercise/notes.ts'
import { directionOf } from '../../core/language/languages.ts'
import type { Words } from '../../core/words.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import type { WrittenDay } from '../../flow/exercise/gather-writing.ts'
import type { Taken, TakenQuestion } from '../../flow/exercise/take-along.ts'
import { otherLanguage } from '../course/other-language.ts'
import { type Html, html, raw } from '../page/html.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { linesOf, writtenBy } from '../question/message-parts.ts'
import { notesOfView } from './notes-view.ts'

/** The tokens of the site without its fonts, which are files of their own, and the styles of this document. */
export function readFileStyles(): string {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  const tokens = read('../public/styles/00-tokens.css').replace(/@font-face\s*\{[^}]*\}/g, '')
  return `${tokens}${read('./notes-file.css')}`.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s*\n\s*/g, '\n')
}

/**
 * Everything that was written, as one document that needs nothing else: no script, no link, no request. Its policy
 * forbids them too, in case a text ever slipped through unescaped.
 */
export function notesFile(site: Site, { course, enrolment }: LessonVisit, taken: Taken, styles: string): Html {
  const words = wordsOf(site, course)
  const now = site.ports.clock.now()
  return html`${raw('<!doctype html>')}
<html lang="${course.language}" dir="${directionOf(course.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${words.say('take.file.title')}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<style>
${raw(styles)}</style>
</head>
<body>
<main>
<h1>${words.say('take.file.title')}</h1>
<p class="quiet">${words.say('take.file.saved', { date: formatDate(words, now, enrolment.timeZone) })}</p>
${taken.courses.map((written) => courseSection(site, written, course))}</main>
</body>
</html>
`
}

/** In the language of its own course. */
function courseSection(
  site: Site,
  { enrolment, course, ownLine, days, questions }: Taken['courses'][number],
  main: Course,
): Html {
  const words = wordsOf(site, course ?? main)
  const { language } = course ?? main
  const title =
    course === null ? words.say('take.file.course-gone') : enrolment.discreet ? course.discreet.title : course.title
  const written = days.flatMap((day) => {
    const notes = notesOf(words, day)
    return notes.length === 0 ? [] : [daySection(words, day, notes, enrolment.timeZone)]
  })
  return html`<section lang="${language}" dir="${directionOf(language)}">
<h2>${title}</h2>
<p class="quiet">${words.say('take.file.begun', { date: formatDate(words, enrolment.confirmedAt, enrolment.timeZone) })}</p>
${
  ownLine !== null &&
  html`<h3>${words.say('take.file.line')}</h3>
<blockquote><p>${ownLine.text}</p></blockquote>
`
}${written.length + questions.length === 0 ? html`<p>${words.say('take.file.nothing')}</p>\n` : written}${questions.map((question) => questionSection(words, question, course ?? main, enrolment.timeZone))}</section>
`
}

/** Answers as their author typed them, because a file has no links. */
function questionSection(words: Words, { messages, publication }: TakenQuestion, course: Course, zone: string): Html {
  return html`<section>
<h3>${words.say('question.own.one')}</h3>
${messages.map(
  (message) => html`<section class="written">
<h4>${writtenBy(words, message, course, formatInstant(words, message.at, zone, OTHER_YEAR))}</h4>
${linesOf(message.text).map((line) => html`<p>${line}</p>\n`)}</section>
`,
)}${publicationSection(words, publication, course, zone)}</section>
`
}

/** What waits for a yes, or stands in the library. */
function publicationSection(
  words: Words,
  { text, place, until }: TakenQuestion['publication'],
  { language }: Course,
  zone: string,
): Html | null {
  if (text === null) return null
  const heading =
    place === null
      ? words.say('take.file.proposed', { date: formatDate(words, until, zone) })
      : words.say('take.file.published', { date: formatDate(words, place.publishedAt, zone) })
  const parts = [text.question, text.answer, text.followUp, text.secondAnswer]
  return html`<section class="written">
<h4>${heading}</h4>
<div${otherLanguage({ language }, text.language)}>
${parts.flatMap(linesOf).map((line) => html`<p>${line}</p>\n`)}</div>
</section>
`
}

function notesOf(words: Words, { notes, former }: WrittenDay): readonly Note[] {
  if (notes === null) return formerNotes(words, [], former?.written ?? [])
  // A file knows no device, and is read in other years: each date has its year.
  return notesOfView(words, notes, OTHER_YEAR, ({ savedAt }) =>
    words.say('take.file.written', { when: formatInstant(words, savedAt, notes.timeZone, OTHER_YEAR) }),
  )
}

/** ms UTC, long before anything was written. */
const OTHER_YEAR = 0

function daySection(
  words: Words,
  { day, kind, titles, done }: WrittenDay,
  written: readonly Note[],
  zone: string,
): Html {
  const title =
    titles === null
      ? words.say('take.file.day-gone', { day })
      : kind === 'check-in'
        ? titles.day
        : words.say('take.file.day', { day, title: titles.day })
  return html`<section>
<h3>${title}</h3>
${done !== null && html`<p class="quiet">${words.say('take.file.done', { date: formatDate(words, done.completedAt, zone) })}</p>`}
${titles !== null && html`<p class="exercise">${titles.exercise}</p>`}
${written.map(
  ({ label, lines }) => html`<section class="written">
<h4>${label}</h4>
${lines.map((line) => html`<p>${line}</p>\n`)}</section>
`,
)}</section>
`
}
