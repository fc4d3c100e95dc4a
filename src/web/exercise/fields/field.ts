import type { Answer, Answers, Field } from '../../../core/course/course.ts'
import type { FieldState, WrittenText } from '../../../flow/views.ts'
import { type Html, html, on, raw } from '../../page/html.ts'
import { LETTER_VERSION, MOOD_AFTER, MOOD_BEFORE } from './exercise-fields.ts'
import { longField } from './long-field.ts'
import { sortingField } from './sorting-field.ts'

export interface FieldContext {
  readonly state: FieldState | undefined
  /** Earlier days' answers, for `repeat`. */
  readonly earlier: Readonly<Record<number, Answers>>
  /** Asked for by the form the learner chose, and still empty. */
  readonly missing: boolean
  /** What is wrong with what was just sent, if anything. */
  readonly fault: string | undefined
  /** What was just sent and could not be taken, to be shown again. */
  readonly typed: string | undefined
  readonly toHtml: (markdown: string) => string
  /** Where and when a text was written. */
  readonly mark: (text: WrittenText) => string
}

type Of<Type extends Field['type']> = Extract<Field, { type: Type }>

/** One field of an exercise. Every kind works without scripts: what needs one is added by exercise.js. */
export function fieldView(field: Field, context: FieldContext): Html {
  if (field.type === 'note') {
    return html`<div class="field note"${sizeOf(field)}>${field.label !== '' && html`<h3>${field.label}</h3>`}${raw(context.toHtml(field.text))}</div>`
  }
  const several = !['text', 'long', 'date', 'time'].includes(field.type)
  const head = several ? html`<legend>${field.label}</legend>` : html`<label for="f-${field.id}">${field.label}</label>`
  const body = html`${head}
${field.hint !== '' && html`<p class="hint" id="hint-${field.id}">${field.hint}</p>`}
${context.missing && html`<p class="open-field" id="open-${field.id}">This is not filled in yet. It can wait, or you can fill it in now.</p>`}
${context.fault !== undefined && html`<p class="fault" id="fault-${field.id}"><span class="away">Error: </span>${context.fault}</p>`}
${inputs(field, context)}
<input type="hidden" name="v.${field.id}" value="${context.state?.version ?? 0}">
<div class="kept" data-kept>${otherVersions(field, context)}</div>`
  const attributes = html` class="field field-${field.type}${context.missing ? ' is-open' : ''}" id="field-${field.id}" data-field="${field.id}" data-type="${field.type}"${sizeOf(field)}${dataRole(field)}`
  return several
    ? html`<fieldset${attributes}${described(field, context)}>${body}</fieldset>`
    : html`<div${attributes}>${body}</div>`
}

function inputs(field: Exclude<Field, { type: 'note' }>, context: FieldContext): Html {
  const value = context.typed ?? context.state?.value
  const describedBy = described(field, context)
  switch (field.type) {
    case 'text':
      return html`<input id="f-${field.id}" name="f.${field.id}" maxlength="${field.max}" placeholder="${field.placeholder}" autocomplete="off" value="${textOf(value)}"${describedBy}>`
    case 'long':
      return longField(field, textOf(value), describedBy)
    case 'date':
    case 'time':
      return html`<input id="f-${field.id}" name="f.${field.id}" type="${field.type}" class="short" autocomplete="off" value="${textOf(value)}"${describedBy}>`
    case 'scale':
      return scale(field, `f.${field.id}`, typeof value === 'number' ? value : null, field.id)
    case 'checklist':
      return checklist(field, Array.isArray(value) ? value : [])
    case 'choice':
      return choice(field, textOf(value))
    case 'sorting':
      return sortingField(field, partsOf(value))
    case 'sentence':
      return sentence(field, partsOf(value))
    case 'repeat':
      return repeat(field, partsOf(value), context)
  }
}

/**
 * A row of points that looks and drags like a slider, but knows "not answered yet" and needs no script. `leads`: the field
 * to whose first input a list of errors leads; null for none.
 */
function scale(
  field: Pick<Of<'scale'>, 'min' | 'max' | 'step' | 'low' | 'high'>,
  name: string,
  value: number | null,
  leads: string | null,
): Html {
  const step = field.step ?? 1
  const points = Array.from({ length: (field.max - field.min) / step + 1 }, (_, index) => field.min + index * step)
  return html`<div class="track${points.length > 12 ? ' track-long' : ''}" data-track>${points.map(
    (point) =>
      html`<label><input${firstInputId(leads, point === field.min)} type="radio" name="${name}" value="${point}"${on('checked', point === value)} autocomplete="off"><span>${point}${point === field.min && field.low !== '' && html`<span class="away">, ${field.low}</span>`}${point === field.max && field.high !== '' && html`<span class="away">, ${field.high}</span>`}</span></label>`,
  )}</div>
<p class="ends" aria-hidden="true"><span>${field.low}</span><span>${field.high}</span></p>`
}

function checklist(field: Of<'checklist'>, chosen: readonly string[]): Html {
  return html`<div class="options">${field.options.map(
    (option, index) =>
      html`<label class="tick"><input${firstInputId(field.id, index === 0)} type="checkbox" name="f.${field.id}" value="${option.id}"${on('checked', chosen.includes(option.id))} autocomplete="off"><span>${option.label}</span></label>\n`,
  )}</div>`
}

function choice(field: Of<'choice'>, chosen: string): Html {
  return html`<div class="options">${field.options.map(
    (option, index) =>
      html`<label class="tick"><input${firstInputId(field.id, index === 0)} type="radio" name="f.${field.id}" value="${option.id}"${on('checked', option.id === chosen)} autocomplete="off"><span>${option.label}</span></label>\n${
        option.say !== '' &&
        html`<p class="say" data-say="${option.id}"${on('hidden', option.id !== chosen)}>${option.say}</p>\n`
      }`,
  )}</div>`
}

function sentence(field: Of<'sentence'>, blanks: Readonly<Record<string, string>>): Html {
  let isFirst = true
  return html`<p class="sentence">${withPunctuation(field.parts).map((part) => {
    if ('text' in part) return html`<span>${part.text}</span>`
    const words = part.blank.replaceAll('-', ' ')
    const input = html`<input${firstInputId(field.id, isFirst)} name="f.${field.id}.${part.blank}" maxlength="${field.max}" autocomplete="off" aria-label="${field.label}: ${words}" placeholder="${words}" value="${blanks[part.blank] ?? ''}">`
    isFirst = false
    return html`<span class="blank">${part.before}${input}${part.after}</span>`
  })}</p>`
}

type SentencePiece =
  | { readonly text: string }
  | { readonly before: string; readonly blank: string; readonly after: string }

/** Signs that touch a blank stay on its line: a full stop never stands on one alone. */
function withPunctuation(parts: Of<'sentence'>['parts']): readonly SentencePiece[] {
  const texts = parts.map((part) => ('text' in part ? part.text : ''))
  return parts.map((part, index): SentencePiece => {
    const [hasBefore, hasAfter] = [parts[index - 1], parts[index + 1]].map((other) => other && 'blank' in other)
    if ('text' in part) {
      const opens = hasAfter ? trailingPunctuation(part.text).length : 0
      const closes = hasBefore ? leadingPunctuation(part.text).length : 0
      // Signs alone between two blanks belong to the first.
      return { text: part.text.slice(closes, Math.max(closes, part.text.length - opens)) }
    }
    const [before, after] = [texts[index - 1] ?? '', leadingPunctuation(texts[index + 1] ?? '')]
    const left = parts[index - 2] === undefined ? before : before.slice(leadingPunctuation(before).length)
    return { before: trailingPunctuation(left), blank: part.blank, after }
  })
}

function leadingPunctuation(text: string): string {
  return /^[^\s\p{L}\p{N}]*/u.exec(text)?.[0] ?? ''
}

function trailingPunctuation(text: string): string {
  const signs = [...text].reverse()
  const end = signs.findIndex((sign) => /[\s\p{L}\p{N}]/u.test(sign))
  return signs
    .slice(0, end === -1 ? signs.length : end)
    .reverse()
    .join('')
}

/** Scales of an earlier day, asked again, each with what this browser gave then. */
function repeat(field: Of<'repeat'>, now: Readonly<Record<string, string>>, context: FieldContext): Html {
  const then = context.earlier[field.day] ?? {}
  return html`${(field.scales ?? []).map((again, index) => {
    const { id } = again
    const before = then[id]
    const value = now[id] === undefined || now[id] === '' ? null : Number(now[id])
    return html`<fieldset class="again"><legend>${again.label} ${
      typeof before === 'number' && html`<span class="quiet">on day ${field.day}: ${before}</span>`
    }</legend>${scale(again, `f.${field.id}.${id}`, value, index === 0 ? field.id : null)}</fieldset>\n`
  })}`
}

/** The id that links to a group of inputs lead to. */
function firstInputId(fieldId: string | null, isFirst: boolean): Html | null {
  return isFirst && fieldId !== null ? html` id="f-${fieldId}"` : null
}

/** Other texts of the field, of another tab or device: never silently one of them, and each with its date. */
function otherVersions(field: Field, { state, mark }: FieldContext): Html | null {
  if (state === undefined || state.kept.length === 0) return null
  return html`<p class="hint">${mark(state)}</p>
${state.kept.map(
  (text) =>
    html`<details><summary>${mark(text)}</summary><blockquote>${answerAsText(field, text.value)}</blockquote></details>`,
)}`
}

/** An answer as a person would read it. */
export function answerAsText(field: Field, answer: Answer): string {
  if (typeof answer === 'string' || typeof answer === 'number') {
    return field.type === 'choice' ? labelOf(field.options, String(answer)) : String(answer)
  }
  if (Array.isArray(answer)) {
    return answer.map((id) => (field.type === 'checklist' ? labelOf(field.options, id) : id)).join(', ')
  }
  return Object.entries(answer)
    .map(([key, text]) => `${key}: ${text}`)
    .join('; ')
}

function labelOf(options: readonly { readonly id: string; readonly label: string }[], id: string): string {
  return options.find((option) => option.id === id)?.label ?? id
}

function textOf(value: Answer | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function partsOf(value: Answer | undefined): Readonly<Record<string, string>> {
  return typeof value === 'object' && !Array.isArray(value) ? (value as Readonly<Record<string, string>>) : {}
}

function described(field: Field, context: FieldContext): Html | null {
  const ids = [
    field.hint !== '' && `hint-${field.id}`,
    context.missing && `open-${field.id}`,
    context.fault !== undefined && `fault-${field.id}`,
  ].filter(Boolean)
  return ids.length === 0 ? null : html` aria-describedby="${ids.join(' ')}"`
}

/** Fields outside the Small form can be put away by the switch above the form. */
function sizeOf(field: Field): Html | null {
  return field.small ? null : html` data-full`
}

function dataRole(field: Field): Html | null {
  if (field.id === MOOD_BEFORE.id) return html` data-mood="before"`
  if (field.id === MOOD_AFTER.id) return html` data-mood="after"`
  return field.id === LETTER_VERSION ? html` data-letter` : null
}
