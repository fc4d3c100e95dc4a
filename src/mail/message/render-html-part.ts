import { directionOf } from '../../core/language/languages.ts'
import { escapeHtml } from '../../core/text/escape-html.ts'
import type { EmailParts } from './email-parts.ts'
import { bindValues, parseTemplate, type TemplateText } from './template-text.ts'

/** Mailbox lists fill up a short preheader with the first words of the email; this padding prevents that. */
const PADDING = '&#847;&zwnj;&nbsp;'.repeat(80)

/** Puts the pieces into a compiled layout. The placeholders for personal values and links remain. */
export function renderHtmlPart(layout: TemplateText, pieces: EmailParts, language: string): TemplateText {
  return bindValues(layout, {
    language: escapeHtml(language),
    direction: directionOf(language),
    title: escaped(pieces.heading),
    preheader: escaped(pieces.preheader),
    padding: PADDING,
    sender: escapeHtml(pieces.sender),
    heading: escaped(pieces.heading),
    dotsDone: pieces.dotsDone,
    dotsLeft: pieces.dotsLeft,
    dayOf: (pieces.dotsDone === '' ? '' : '&nbsp; ') + escapeHtml(pieces.dayOf),
    body: pieces.body?.html ?? '',
    line: escaped(pieces.line),
    stepLabel: escapeHtml(pieces.stepLabel),
    step: escapeHtml(pieces.step),
    stepNote: escapeHtml(pieces.stepNote),
    button: escapeHtml(pieces.button),
    afterBody: pieces.afterBody?.html ?? '',
    after: pieces.after === '' ? '' : `<p style="margin: 0;">${escapeHtml(pieces.after)}</p>`,
    care: careSection(pieces),
    view: viewOf(pieces),
    own: ownOf(pieces),
    why: escapeHtml(pieces.why),
    stop: escapeHtml(pieces.stop),
    postalAddress: escapeHtml(pieces.postalAddress.trim()).replace(/\s*\n\s*/g, '<br>'),
  })
}

function careSection({ care, help }: EmailParts): TemplateText {
  return [...(care?.html ?? []), ...(help === '' ? [] : quietLink('helpUrl', help, '0'))]
}

function viewOf({ view }: EmailParts): TemplateText {
  return view === '' ? [] : quietLink('viewUrl', view, '0 0 10px')
}

/** The learner's own pages. */
function ownOf({ days, settings }: EmailParts): TemplateText {
  if (days === '') return []
  return [...quietLink('daysUrl', days, '0 0 10px'), ...quietLink('settingsUrl', settings, '0 0 10px')]
}

function quietLink(placeholder: string, label: string, margin: string): TemplateText {
  const style = 'color: #56615e; text-decoration: underline;'
  return parseTemplate(
    `<p style="margin: ${margin};"><a href="{{${placeholder}}}" style="${style}">${escapeHtml(label)}</a></p>`,
  )
}

function escaped(text: TemplateText): TemplateText {
  return text.map((piece) => (typeof piece === 'string' ? escapeHtml(piece) : piece))
}
