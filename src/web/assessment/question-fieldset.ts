import { type AssessmentQuestion, PREFER_NOT } from '../../core/assessment/assessment.ts'
import { wordingFor } from '../../core/assessment/score-assessment.ts'
import { type Html, html } from '../page/html.ts'
import { questionFieldName } from './read-assessment-form.ts'

/** The id of the first input, which the error summary links to. */
export function questionInputId(id: string): string {
  return `asked-${id}-first`
}

/** A question of the assessment asked again, in the wording for the reader's track, without a preselected answer. */
export function questionFieldset(
  question: AssessmentQuestion,
  track: string | null,
  preferNot: string,
  fault: string | null = null,
): Html {
  const words = wordingFor(question, track)
  const type = question.many ? 'checkbox' : 'radio'
  const described = [words.help !== '' && `asked-${question.id}`, fault !== null && `fault-${question.id}`].filter(
    Boolean,
  )
  const input = (id: string, label: string, index = -1) =>
    html`<label class="tick"><input${index === 0 && html` id="${questionInputId(question.id)}"`} type="${type}" name="${questionFieldName(question.id)}" value="${id}" autocomplete="off"><span>${label}</span></label>\n`
  return html`<fieldset class="field question"${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}><legend>${words.text}</legend>
${words.help !== '' && html`<p class="hint" id="asked-${question.id}">${words.help}</p>`}
${fault !== null && html`<p class="fault" id="fault-${question.id}"><span class="away">Error: </span>${fault}</p>`}
<div class="options">${words.options.map(({ id, label }, index) => input(id, label, index))}${question.preferNot && input(PREFER_NOT, preferNot)}</div>
</fieldset>
`
}
