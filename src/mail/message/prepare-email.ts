import type { Emails, LayoutName, WordsName } from '../../core/course/emails.ts'
import { AppError } from '../../core/errors.ts'
import { bind, cut, type Slotted } from '../smtp/template-text.ts'
import { discreetPieces, fixedValues, type MailToPrepare, openPieces } from './email-parts.ts'
import { layOutHtml } from './render-html-part.ts'
import { layOutText } from './render-text-part.ts'

/** Everything of a mail that does not depend on the person, ready to be filled. */
export interface PreparedMail {
  readonly sender: string
  readonly listName: string
  /** Left part of the List-Id; the host of PUBLIC_URL follows. */
  readonly listLabel: string
  /** What the Feedback-ID tells Gmail's complaint figures apart by. */
  readonly campaign: string
  readonly language: string
  readonly subject: Slotted
  /** Slots that are left take values escaped for HTML. */
  readonly html: Slotted
  /** The same slots with plain values; not wrapped yet. */
  readonly text: Slotted
  /** For mails that say when the next lesson comes: the sentence with that time in it, and the one without. */
  readonly next: { readonly some: Slotted; readonly none: Slotted } | null
}

const LAYOUTS = {
  confirm: 'notice',
  'already-active': 'notice',
  lesson: 'lesson',
  closing: 'closing',
  'check-in': 'lesson',
  'reading-link': 'notice',
  'erase-link': 'notice',
  short: 'short',
} as const satisfies Record<WordsName, LayoutName>

/** Prepares one mail for one variant. Fails with `misconfigured` when it would fetch anything from the network. */
export function prepareMail(mail: MailToPrepare, emails: Emails, postalAddress: string): PreparedMail {
  const { course, discreet, kind, day } = mail
  // Whatever day or check-in it is, a short mail is one and the same.
  const form: WordsName = mail.short ? 'short' : kind
  const words = emails.words[form]
  const pieces = discreet ? discreetPieces(mail, words, postalAddress) : openPieces(mail, words, postalAddress)
  const html = layOutHtml(cut(emails.layouts[discreet ? 'discreet' : LAYOUTS[form]]), pieces, course.language)
  refuseRemoteContent(html, mail)
  const own = discreet ? words.discreet : words.words
  const next = (key: string) => bind(cut(own[key] ?? ''), fixedValues(mail))
  return {
    sender: pieces.sender,
    listName: discreet ? course.discreet.title : course.title,
    listLabel: discreet ? labelOf(course.discreet.title) : course.name,
    campaign: discreet ? 'page:note' : `${mail.short || day === null ? form : `${kind}-${day}`}:${course.name}`,
    language: course.language,
    subject: pieces.subject,
    html,
    text: layOutText(pieces),
    next: own.next === undefined ? null : { some: next('next'), none: next('no-next') },
  }
}

/** A mail that loads a picture tells someone when and where it was opened. */
function refuseRemoteContent(html: Slotted, { course, kind, day }: MailToPrepare): void {
  for (const piece of html) {
    if (typeof piece !== 'string') continue
    const found = /<(?:img|link|iframe|video|audio|svg|object|embed)\b|\sbackground="|@import|url\(/i.exec(piece)
    if (found === null) continue
    const mail = day === null ? kind : `${kind} ${day}`
    const cure = 'Remove the picture, font or style sheet: mails load nothing from the network.'
    throw new AppError('misconfigured', `The mail "${mail}" of ${course.name} holds "${found[0].trim()}". ${cure}`)
  }
}

/** A host name's label: "Weekly notes" becomes "weekly-notes". */
function labelOf(title: string): string {
  const label = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return label === '' ? 'notes' : label
}
