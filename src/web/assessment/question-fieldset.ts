import { type AssessmentQuestion, PREFER_NOT } from '../../core/assessment/assessment.ts'
import { wordingFor } from '../../core/assessment/score-assessment.ts'
import type { Words } from '../../core/words.ts'
import { faultLine } from '../page/error-summary.ts'
import { type Html, html } from '../page/html.ts'
import { questionFieldName } from './read-assessment-form.ts'

/** The id of the first input, which the error summary links to. */
export function questionInputId(id: string): string {
  return `asked-${id}-first`
}

/** A question of the assessment asked again, in the wording for the reader's track, without a preselected answer. */
export function questionFieldset(
  words: Words,
  question: AssessmentQuestion,
  track: string | null,
  preferNot: string,
  fault: string | null = null,
): Html {
  const wording = wordingFor(question, track)
  const type = question.many ? 'checkbox' : 'radio'
  const described = [wording.help !== '' && `asked-${question.id}`, fault !== null && `fault-${question.id}`].filter(
    Boolean,
  )
  const input = (id: string, label: string, index = -1) =>
    html`<label class="tick"><input${index === 0 && html` id="${questionInputId(question.id)}"`} type="${type}" name="${questionFieldName(question.id)}" value="${id}" autocomplete="off"><span>${label}</span></label>\n`
  return html`<fieldset class="field question"${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}><legend>${wording.text}</legend>
${wording.help !== '' && html`<p class="hint" id="asked-${question.id}">${wording.help}</p>`}
${fault !== null && faultLine(words, question.id, fault)}
<div class="options">${wording.options.map(({ id, label }, index) => input(id, label, index))}${question.preferNot && input(PREFER_NOT, preferNot)}</div>
</fieldset>
`
}
