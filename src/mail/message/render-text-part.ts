import type { EmailParts } from './email-parts.ts'
import { bindValues, parseTemplate, type TemplateText } from './template-text.ts'

/** The text part: the same words in the same order as the HTML, with each link on its own line. */
export function renderTextPart(pieces: EmailParts): TemplateText {
  const values: Record<string, string | TemplateText> = {
    heading: pieces.heading,
    body: pieces.body?.text ?? '',
    line: pieces.line,
    care: pieces.care?.text ?? '',
    address: pieces.postalAddress.trim(),
    dayOf: pieces.dayOf,
    stepLabel: pieces.stepLabel,
    step: pieces.step,
    stepNote: pieces.stepNote,
    button: pieces.button,
    after: pieces.after,
    afterBody: pieces.afterBody?.text ?? '',
    help: pieces.help,
    view: pieces.view,
    days: pieces.days,
    settings: pieces.settings,
    why: pieces.why,
    stop: pieces.stop,
  }
  const paragraphs = [
    pieces.dayOf === '' ? '{{heading}}' : '{{dayOf}}\n{{heading}}',
    // As in the HTML, the page can be opened without reading to the end.
    pieces.dayOf === '' ? '' : '{{button}}:\n{{openUrl}}',
    pieces.body === null ? '' : '{{body}}',
    pieces.line.length === 0 ? '' : '{{line}}',
    pieces.step === '' ? '' : '{{stepLabel}}:\n{{step}}',
    '{{button}}:\n{{openUrl}}',
    pieces.stepNote === '' ? '' : '{{stepNote}}',
    pieces.after === '' ? '' : '{{after}}',
    pieces.afterBody === null ? '' : '{{afterBody}}',
    pieces.care === null ? '' : '* * *\n\n{{care}}',
    pieces.help === '' ? '' : '{{help}}:\n{{helpUrl}}',
    '--\n{{why}}',
    '{{address}}',
    pieces.view === '' ? '' : '{{view}}:\n{{viewUrl}}',
    pieces.days === '' ? '' : '{{days}}:\n{{daysUrl}}\n\n{{settings}}:\n{{settingsUrl}}',
    '{{stop}}:\n{{stopUrl}}',
  ]
  return bindValues(parseTemplate(`${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`), values)
}
