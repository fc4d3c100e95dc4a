import { type AssessmentQuestion, PREFER_NOT } from '../../core/assessment.ts'
import { wordingFor } from '../../core/score-assessment.ts'
import { nameOfQuestion } from '../read-start.ts'
import { type Html, html } from './html.ts'

/** A question of the assessment asked once more, in the words of the reader's track; nothing is ticked beforehand. */
export function askedQuestion(question: AssessmentQuestion, track: string | null, preferNot: string): Html {
  const words = wordingFor(question, track)
  const type = question.many ? 'checkbox' : 'radio'
  const input = (id: string, label: string) =>
    html`<label class="tick"><input type="${type}" name="${nameOfQuestion(question.id)}" value="${id}" autocomplete="off"><span>${label}</span></label>\n`
  return html`<fieldset class="field question"${words.help !== '' && html` aria-describedby="asked-${question.id}"`}><legend>${words.text}</legend>
${words.help !== '' && html`<p class="hint" id="asked-${question.id}">${words.help}</p>`}
<div class="options">${words.options.map(({ id, label }) => input(id, label))}${question.preferNot && input(PREFER_NOT, preferNot)}</div>
</fieldset>
`
}
