import type { Answer, EarlierAnswers } from '../../../core/course/fields/field-definition.ts'
import type { Field } from '../../../core/course/fields/field-types.ts'
import { linesOf } from '../../../core/exercise/notes.ts'
import type { Words } from '../../../core/words.ts'
import type { FieldState, WrittenText } from '../../../flow/views.ts'
import { faultLine } from '../../page/error-summary.ts'
import { type Html, html } from '../../page/html.ts'
import { LETTER_VERSION, MOOD_AFTER, MOOD_BEFORE } from './exercise-fields.ts'

export interface FieldContext {
  readonly words: Words
  readonly state: FieldState | undefined
  readonly earlier: EarlierAnswers
  /** Required by the form that the learner chose, and still empty. */
  readonly missing: boolean
  /** What is wrong with the submitted value, if anything. */
  readonly error: string | undefined
  /** The submitted value if it is not valid, to be shown again. */
  readonly typed: string | undefined
  readonly toHtml: (markdown: string) => string
  /** Where and when a text was written. */
  readonly mark: (text: WrittenText) => string
}

/** A field with one input, whose id is `f-<field>`. */
export function singleField(field: Field, context: FieldContext, input: Html): Html {
  const label = html`<label for="f-${field.id}">${field.label}</label>`
  return html`<div${attributesOf(field, context)}>${frame(field, context, label, input)}</div>`
}

/** A field with several inputs. The first one has the id `f-<field>`, which the error links to. */
export function fieldGroup(field: Field, context: FieldContext, inputs: Html): Html {
  const legend = html`<legend>${field.label}</legend>`
  return html`<fieldset${attributesOf(field, context)}${describedBy(field, context)}>${frame(field, context, legend, inputs)}</fieldset>`
}

function frame(field: Field, context: FieldContext, head: Html, inputs: Html): Html {
  return html`${head}
${field.hint !== '' && html`<p class="hint" id="hint-${field.id}">${field.hint}</p>`}
${context.missing && html`<p class="open-field" id="open-${field.id}">${context.words.say('exercise.fields.open')}</p>`}
${context.error !== undefined && faultLine(context.words, field.id, context.error)}
${inputs}
<input type="hidden" name="v.${field.id}" value="${context.state?.version ?? 0}">
<div class="kept" data-kept>${otherVersions(field, context)}</div>`
}

function attributesOf(field: Field, { missing }: FieldContext): Html {
  return html` class="field field-${field.type}${missing ? ' is-open' : ''}" id="field-${field.id}" data-field="${field.id}" data-type="${field.type}"${sizeOf(field)}${dataRole(field)}`
}

/** Fields outside the Small form can be hidden by the switch above the form. */
export function sizeOf(field: Field): Html | null {
  return field.small ? null : html` data-full`
}

function dataRole(field: Field): Html | null {
  if (field.id === MOOD_BEFORE) return html` data-mood="before"`
  if (field.id === MOOD_AFTER) return html` data-mood="after"`
  return field.id === LETTER_VERSION ? html` data-letter` : null
}

/** Connects an input with the texts about its field. */
export function describedBy(field: Field, context: FieldContext): Html | null {
  const ids = [
    field.hint !== '' && `hint-${field.id}`,
    context.missing && `open-${field.id}`,
    context.error !== undefined && `fault-${field.id}`,
  ].filter(Boolean)
  return ids.length === 0 ? null : html` aria-describedby="${ids.join(' ')}"`
}

/** Other texts of the field, from another tab or device. None of them is chosen silently, and each has its date. */
function otherVersions(field: Field, { words, state, earlier, mark }: FieldContext): Html | null {
  if (state === undefined || state.kept.length === 0) return null
  return html`<p class="hint">${mark(state)}</p>
${state.kept.map(
  (text) =>
    html`<details><summary>${mark(text)}</summary><blockquote>${linesOf(words, field, text.value, earlier).join('\n')}</blockquote></details>`,
)}`
}

/** The id that links to a group of inputs point to. */
export function firstInputId(fieldId: string | null, isFirst: boolean): Html | null {
  return isFirst && fieldId !== null ? html` id="f-${fieldId}"` : null
}

export function valueToShow({ typed, state }: FieldContext): Answer | undefined {
  return typed ?? state?.value
}

export function textOf(value: Answer | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export function partsOf(value: Answer | undefined): Readonly<Record<string, string>> {
  return typeof value === 'object' && !Array.isArray(value) ? (value as Readonly<Record<string, string>>) : {}
}
