import {
  type Assessment,
  type AssessmentAnswers,
  type AssessmentQuestion,
  NO_TRACK,
  PREFER_NOT,
} from '../../core/assessment/assessment.ts'
import { wordingFor } from '../../core/assessment/score-assessment.ts'
import type { Course } from '../../core/course/course.ts'
import { formatList } from '../../core/delivery/local-time.ts'
import type { Words } from '../../core/words.ts'
import { faultLine } from '../page/error-summary.ts'
import { type Html, html, marked, on, type Piece } from '../page/html.ts'
import { questionFieldName } from './read-assessment-form.ts'

/** The style sheet supports this many tracks and follow-ups by number; beyond it, everything is shown. */
const MAX_TRACKS = 9
const MAX_FOLLOW_UPS = 5

/** The wording of a question for some readers. `readers`: numbers of tracks, 0 for none; empty for all. */
export interface QuestionWording {
  readonly readers: readonly number[]
  readonly text: string
  readonly help: string
  readonly options: readonly { readonly id: string; readonly label: string }[]
}

export interface QuestionContext {
  readonly words: Words
  readonly assessment: Assessment
  readonly answers: AssessmentAnswers
  readonly fault: string | null
  /** The first wording is the one for readers about whom nothing is known. */
  readonly wordings: readonly QuestionWording[]
  readonly course: Course
  /** Whether all questions are on one page; otherwise this one is the page's heading. */
  readonly all: boolean
  /** Null for a follow-up question, which has no number. */
  readonly number: number | null
  readonly help: string | null
}

/**
 * The wordings of a question: the one for a known track (null: no track), or, without `track`, all that differ, with
 * their readers, so that the page can react to answers without a request.
 */
export function wordingsOf(
  question: AssessmentQuestion,
  course: Course,
  track?: string | null,
): readonly QuestionWording[] {
  if (track !== undefined) return [{ readers: [], ...wordingFor(question, track) }]
  const found = new Map<string, { readers: number[]; words: Omit<QuestionWording, 'readers'> }>()
  for (const [reader, name] of [null, ...course.tracks.map((one) => one.name)].entries()) {
    const words = wordingFor(question, name)
    const same = found.get(JSON.stringify(words)) ?? { readers: [], words }
    same.readers.push(reader)
    found.set(JSON.stringify(words), same)
  }
  const all = [...found.values()]
  return all.map(({ readers, words }) => ({ readers: course.tracks.length > MAX_TRACKS ? [] : readers, ...words }))
}

/** The id of a question's first input, which the error summary links to. */
export function questionControlId(id: string): string {
  return `a-${id}`
}

/** A question as a group of radio buttons or checkboxes. */
export function questionView(question: AssessmentQuestion, context: QuestionContext): Html {
  const { words, assessment, fault, wordings, all, number } = context
  const { id, after } = question
  const followUps = assessment.questions.filter((other) => other.after !== null)
  const follow = followUps.findIndex((other) => other.id === id) + 1
  const text = perAudience(wordings, (wording) => wording.text)
  const helps = wordings.some(({ help }) => help !== '')
  const described = [helps && `help-${id}`, fault !== null && `fault-${id}`].filter(Boolean).join(' ')
  return html`<fieldset class="card question" id="q-${id}" tabindex="-1"${described !== '' && html` aria-describedby="${described}"`}${
    after !== null && all && followUps.length <= MAX_FOLLOW_UPS && html` data-follow="${follow}"`
  }${all && audienceAttribute(question, context)}>
<legend>${!all ? html`<h1>${text}</h1>` : html`${number !== null && html`<span class="number-of">${number}.</span> `}${text}`}</legend>
${after !== null && all && html`<p class="hint after-hint">${words.say('assessment.question.only-if', { options: labelsOf(words, assessment, after) })}</p>`}
${question.tracks !== undefined && all && html`<p class="hint after-hint">${words.say('assessment.question.may-skip')}</p>`}
${helps && html`<p class="hint" id="help-${id}">${perAudience(wordings, ({ help }) => help)}</p>`}
${fault !== null && faultLine(words, id, fault)}
<div class="options">${question.options.map((option) => optionView(question, option.id, followUps, context))}
${question.preferNot && preferNotOption(question, context)}</div>
</fieldset>
`
}

function optionView(
  question: AssessmentQuestion,
  optionId: string,
  followUps: readonly AssessmentQuestion[],
  context: QuestionContext,
): Html {
  const option = question.options.find(({ id }) => id === optionId)
  const track = trackNumber(context, option?.track ?? null)
  const opens = followUps.flatMap(({ after }, index) =>
    after?.question === question.id && after.options.includes(optionId) ? [index + 1] : [],
  )
  const label = perAudience(context.wordings, (words) => words.options.find(({ id }) => id === optionId)?.label ?? '')
  const isFirst = question.options[0]?.id === optionId
  return html`<label class="tick"><input ${isFirst && html`id="${questionControlId(question.id)}" `}${input(question, optionId, context.answers)}${track > 0 && html` data-t="${track}"`}${
    opens.length > 0 && html` data-opens="${opens.join(' ')}"`
  }${on('data-alone', option?.alone ?? false)}><span>${label}</span></label>
`
}

function preferNotOption(question: AssessmentQuestion, context: QuestionContext): Html {
  const { words, assessment, answers, help } = context
  const link = (text: string) => html`<a href="${help}">${text}</a>`
  return html`<label class="tick"><input ${input(question, PREFER_NOT, answers)} data-alone data-unsaid><span>${assessment.preferNot.label}</span></label>
${help !== null && html`<p class="say unsaid">${marked(words.say('assessment.question.unsaid'), { link })}</p>`}`
}

function input({ id, many }: AssessmentQuestion, value: string, answers: AssessmentAnswers): Html {
  const given = [answers[id] ?? []].flat()
  return html`type="${many ? 'checkbox' : 'radio'}" name="${questionFieldName(id)}" value="${value}"${on('checked', given.includes(value))} autocomplete="off"`
}

/** One text, or one per group of readers if they differ. */
function perAudience(wordings: readonly QuestionWording[], read: (words: QuestionWording) => string): Piece {
  const texts = new Map<string, number[]>()
  for (const words of wordings) texts.set(read(words), [...(texts.get(read(words)) ?? []), ...words.readers])
  if (texts.size === 1) return [...texts.keys()][0]
  return [...texts].map(
    ([text, readers]) => html`<span${readers.length > 0 && html` data-for="${readers.join(' ')}"`}>${text} </span>`,
  )
}

/** The readers of the question as numbers for the style sheet, which hides it from others. */
function audienceAttribute({ tracks }: AssessmentQuestion, { course }: QuestionContext): Html | null {
  if (tracks === undefined || course.tracks.length > MAX_TRACKS) return null
  const names = [NO_TRACK, ...course.tracks.map(({ name }) => name)]
  return html` data-for="${names.flatMap((name, index) => (tracks.includes(name) ? [index] : [])).join(' ')}"`
}

function trackNumber({ course }: QuestionContext, track: string | null): number {
  return course.tracks.findIndex(({ name }) => name === track) + 1
}

function labelsOf(
  words: Words,
  assessment: Assessment,
  after: { question: string; options: readonly string[] },
): string {
  const options = assessment.questions.find(({ id }) => id === after.question)?.options ?? []
  const chosen = options.filter(({ id }) => after.options.includes(id))
  const quoted = chosen.map(({ label }) => words.say('page.quoted', { text: label }))
  return formatList(words, quoted, 'disjunction')
}
