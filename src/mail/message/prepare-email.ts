import { type Emails, formOf, layoutOf } from '../../core/delivery/emails.ts'
import { AppError } from '../../core/errors.ts'
import type { Locales } from '../../core/locales.ts'
import type { Words } from '../../core/words.ts'
import {
  discreetEmailParts,
  fullEmailParts,
  type NextSentences,
  nextSentences,
  sentencesFor,
  type TemplateRequest,
} from './email-parts.ts'
import { renderHtmlPart } from './render-html-part.ts'
import { renderTextPart } from './render-text-part.ts'
import { parseTemplate, type TemplateText } from './template-text.ts'

/** Everything in an email that does not depend on the person, ready to be filled in. */
export interface PreparedEmail {
  readonly sender: string
  readonly listName: string
  /** Left part of the List-Id; the host of PUBLIC_URL follows. */
  readonly listLabel: string
  /** Groups Gmail's complaint figures, through the Feedback-ID. */
  readonly campaign: string
  readonly language: string
  readonly subject: TemplateText
  /** Remaining placeholders take values escaped for HTML. */
  readonly html: TemplateText
  /** The same placeholders with plain values; not wrapped yet. */
  readonly text: TemplateText
  readonly next: NextSentences | null
  readonly words: Words
}

/** What every email is made from. */
export interface EmailSources {
  readonly emails: Emails
  readonly locales: Locales
  readonly postalAddress: string
}

/** Prepares one email for one variant. Fails with `misconfigured` if it would load anything from the network. */
export function prepareEmail(email: TemplateRequest, sources: EmailSources): PreparedEmail {
  const { course, discreet, kind, day } = email
  // A short email is the same for every day and check-in.
  const form = formOf(email)
  const { emails, locales, postalAddress } = sources
  const words = locales.wordsFor(course)
  const sentences = sentencesFor(email, words)
  const pieces = discreet
    ? discreetEmailParts(email, sentences, postalAddress)
    : fullEmailParts(email, sentences, postalAddress)
  const html = renderHtmlPart(
    parseTemplate(emails.layouts[discreet ? 'discreet' : layoutOf(form)]),
    pieces,
    course.language,
  )
  refuseRemoteContent(html, email)
  return {
    sender: pieces.sender,
    listName: discreet ? course.discreet.title : course.title,
    listLabel: discreet ? labelOf(course.discreet.title) : course.name,
    campaign: discreet ? 'page:note' : `${email.short || day === null ? form : `${kind}-${day}`}:${course.name}`,
    language: course.language,
    subject: pieces.subject,
    html,
    text: renderTextPart(pieces),
    next: nextSentences(email, sentences),
    words,
  }
}

/** Remote images would reveal when and where an email was opened. */
function refuseRemoteContent(html: TemplateText, { course, kind, day }: TemplateRequest): void {
  for (const piece of html) {
    if (typeof piece !== 'string') continue
    const found = /<(?:img|link|iframe|video|audio|svg|object|embed)\b|\sbackground="|@import|url\(/i.exec(piece)
    if (found === null) continue
    const name = day === null ? kind : `${kind} ${day}`
    const fix = 'Remove the picture, font or style sheet: emails must not load anything from the network.'
    throw new AppError('misconfigured', `The email "${name}" of ${course.name} holds "${found[0].trim()}". ${fix}`)
  }
}

/** A label for a host name: "Weekly notes" becomes "weekly-notes". */
function labelOf(title: string): string {
  const label = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return label === '' ? 'notes' : label
}
